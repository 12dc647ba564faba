import { describe, expect, it } from '@jest/globals';
import { styledLengths } from './svg-style.js';

/** `24px × 16px`, with a dash for a side of which nothing is said. */
function lengths(style: string | undefined): string {
  const { width, height } = styledLengths(style);
  return `${width ?? '-'} × ${height ?? '-'}`;
}

describe('the sides in a style', () => {
  it.each([
    ['width:24px;height:16px', '24px × 16px'],
    [' WIDTH : 24PX ; Height\n:\t16px ; ', '24PX × 16px'],
    ['width:1px;width:24px', '24px × -'],
    ['width:24px!important;width:1px', '24px × -'],
    ['width:24px ! IMPORTANT ;width:1px!important', '1px × -'],
    ['width:/* a;b */24px/* c */;height:16px', '24px × 16px'],
    ['fill:red;width:24px', '24px × -'],
    ['width:24px;/* height:16px', '24px × -'],
    ['width:100%;height:auto', '100% × auto'],
    ['width:calc(1px + 2px)', 'calc(1px + 2px) × -'],
    ['width:0;height:1.5e1mm', '0 × 1.5e1mm'],
    ['--width:9px;max-width:9px;line-height:9px;', '- × -'],
  ])('are read as CSS reads them: %j', (style, said) => {
    expect(lengths(style)).toBe(said);
  });

  it.each(['width:24', 'width:-24px', 'width:', 'width', 'width:24 px', 'width:"24px"', 'width:;24px', ''])(
    'are none where the value is none: %j',
    (style) => {
      expect(lengths(style)).toBe('- × -');
      expect(lengths(`width:24px;${style}`)).toBe('24px × -');
    },
  );

  it('are none without a style', () => {
    expect(lengths(undefined)).toBe('- × -');
  });

  it.each(['/*', '/**/', ';', 'width:', 'width:9px;', 'a'])(
    'are found soon in a style of %j alone',
    (unit) => {
      const style = unit.repeat(100_000);
      expect(['- × -', '9px × -']).toContain(lengths(style));
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_DIMENSION } from './measurement.js';
import { svgSize } from './svg-size.js';

/** `120 × 48`, or why there is no size. */
function getSize(attributes: Record<string, string>): string {
  const said = svgSize(new Map(Object.entries(attributes)));
  return said.kind === 'size' ? `${said.width} × ${said.height}` : said.kind;
}

describe('the size of an SVG', () => {
  it.each([
    ['120', 120],
    ['120px', 120],
    ['1in', 96],
    ['2.54cm', 96],
    ['25.4mm', 96],
    ['101.6q', 96],
    ['72pt', 96],
    ['6pc', 96],
    ['10Q', 9],
    ['1IN', 96],
    ['1e2', 100],
    ['1E+2px', 100],
    ['1200e-1', 120],
    ['.5in', 48],
    ['+7', 7],
    ['  8px\n', 8],
    ['10.4', 10],
    ['10.5', 11],
    ['0.5', 1],
  ])('is taken at 96 pixels to the inch, and rounded: %j is %d', (length, pixels) => {
    expect(getSize({ width: length, height: '3' })).toBe(`${pixels} × 3`);
    expect(getSize({ width: '3', height: length })).toBe(`3 × ${pixels}`);
  });

  it.each([
    '100%',
    '10em',
    '10ex',
    '10rem',
    '10vw',
    '1e',
    'auto',
    '',
    'px',
    '-5',
    '-5px',
    '1 px',
    '1,5',
    '0x10',
  ])('is by the viewBox where a side is no absolute length: %j', (length) => {
    expect(getSize({ width: length, height: length, viewBox: '0 0 640 360' })).toBe('640 × 360');
    expect(getSize({ width: length, height: length })).toBe('unmeasurable');
  });

  it('is that of the viewBox without width and height, whatever its origin', () => {
    expect(getSize({ viewBox: '0 0 300 151' })).toBe('300 × 151');
    expect(getSize({ viewBox: '-10 -20.5 300 151' })).toBe('300 × 151');
    expect(getSize({ viewbox: '0 0 300 151' })).toBe('300 × 151');
  });

  it('is that of width and height even if the viewBox differs', () => {
    expect(getSize({ width: '1in', height: '2in', viewBox: '0 0 5 5' })).toBe('96 × 192');
  });

  it('has the ratio of the viewBox if one side is absolute', () => {
    expect(getSize({ width: '200', viewBox: '0 0 16 9' })).toBe('200 × 113');
    expect(getSize({ height: '90', viewBox: '0 0 16 9' })).toBe('160 × 90');
    expect(getSize({ width: '100%', height: '1in', viewBox: '0 0 2 1' })).toBe('192 × 96');
    expect(getSize({ width: '200' })).toBe('unmeasurable');
  });

  it.each(['0 0 16 9', '0,0,16,9', '0, 0, 16, 9', ' 0 0\n16\t9 ', '0 0 1.6e1 9.0'])(
    'is by a viewBox however that is spaced: %j',
    (viewBox) => {
      expect(getSize({ viewBox })).toBe('16 × 9');
    },
  );

  it.each([
    '',
    '0 0 16',
    '0 0 16 9 1',
    '0 0 0 9',
    '0 0 16 -9',
    '0 0 a 9',
    '0 0 Infinity 9',
    '0 0 16px 9px',
    'none',
  ])('is none with a viewBox that is none: %j', (viewBox) => {
    expect(getSize({ viewBox })).toBe('unmeasurable');
  });

  it.each([
    [{ width: '0', height: '5' }],
    [{ width: '5', height: '0.4' }],
    [{ width: String(MAX_DIMENSION + 1), height: '1' }],
    [{ width: '1e300', height: '1' }],
    [{ width: '1e999', height: '1' }],
    [{ viewBox: '0 0 0.1 1' }],
    [{ width: '1000', viewBox: '0 0 1 100000' }],
  ])('is broken where it can be none: %j', (attributes) => {
    expect(getSize(attributes)).toBe('broken');
  });

  it('is not sought in a value without end', () => {
    expect(getSize({ width: '1'.repeat(300), height: '1', viewBox: '0 0 16 9' })).toBe('2 × 1');
    expect(getSize({ viewBox: `0 0 16 9${' '.repeat(300)}` })).toBe('unmeasurable');
  });

  it('is an integer from 1 to the largest accepted size, or does not exist', () => {
    const value = fc.oneof(
      fc.double().map(String),
      fc
        .tuple(fc.double({ noNaN: true, min: -10, max: 2e6 }), fc.constantFrom('px', 'in', 'mm', 'em', '%'))
        .map(([number, unit]) => `${number}${unit}`),
      fc
        .array(fc.oneof(fc.double(), fc.nat(1000)), { minLength: 3, maxLength: 5 })
        .map((parts) => parts.join(' ')),
      fc.string(),
    );
    const attributes = fc.dictionary(fc.constantFrom('width', 'height', 'viewBox'), value);
    fc.assert(
      fc.property(attributes, (given) => {
        const said = svgSize(new Map(Object.entries(given)));
        expect(['size', 'broken', 'unmeasurable']).toContain(said.kind);
        const sides = said.kind === 'size' ? [said.width, said.height] : [];
        const odd = sides.filter((side) => !Number.isInteger(side) || side < 1 || side > MAX_DIMENSION);
        expect(odd).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

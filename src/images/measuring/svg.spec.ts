import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { read, told } from '../../../test/support/reading.js';
import { readSvg } from './svg.js';

const ROOT = '<svg width="24" height="16">';
const say = (file: string | Buffer): string => told(read(readSvg(), Buffer.from(file)).found);

describe('an SVG', () => {
  it.each<[string, string]>([
    ['its style', '<svg style="width:24px;height:16px">'],
    ['its style rather than its attributes', '<svg width="9" height="9" style="width:24px; height:16px">'],
    ['one side of its style', '<svg width="9" height="16" style="width:24px">'],
    [
      'its attributes where its style says nothing that holds',
      '<svg width="24" height="16" style="width:9;height:-9px">',
    ],
    [
      'its viewBox where its style is relative',
      '<svg width="9" height="9" style="width:100%;height:100%" viewBox="0 0 24 16">',
    ],
    ['entities', '<!DOCTYPE svg [<!ENTITY w "24"><!ENTITY h "16px">]><svg width="&w;" height="&h;">'],
    ['entities in its style', '<!DOCTYPE svg [<!ENTITY s "width:24px;height:16px">]><svg style="&s;">'],
    ['entities in its viewBox', '<!DOCTYPE svg [<!ENTITY b "0 0 24 16">]><svg viewBox="&b;">'],
    [
      'entities behind a comment that declares others',
      '<!DOCTYPE svg [<!-- <!ENTITY w "9"> --><!ENTITY w "24">]><svg width="&w;" height="16">',
    ],
    ['characters by their numbers', '<svg width="2&#52;" height="&#x31;6">'],
  ])('has the size of %s', (_what, text) => {
    expect(say(text)).toBe('24 × 16');
  });

  it.each<[string, string]>([
    ['a comment of 70 KB', `<!--${'x'.repeat(70_000)}-->`],
    ['a comment of 900 KB', `<!--${'-'.repeat(900_000)}-->`],
    ['70 KB of comments', '<!---->'.repeat(10_000)],
    ['70 KB of instructions', `<?xml version="1.0"?>${'<?a b?>'.repeat(10_000)}`],
    ['70 KB of white space', ' \n'.repeat(35_000)],
    ['a document type of 60 KB', `<!DOCTYPE svg [${'<!-- > -->'.repeat(6_000)}]>`],
    [
      'a comment, a document type and a comment',
      `<!--${'x'.repeat(70_000)}--><!DOCTYPE svg><!--${'x'.repeat(70_000)}-->`,
    ],
  ])('has its root tag behind %s', (_what, before) => {
    expect(say(before + ROOT)).toBe('24 × 16');
  });

  it.each([4_090, 4_093, 4_095, 4_096, 8_190, 8_192])(
    'is found where what ends there is cut: %d',
    (length) => {
      expect(say(`<!--${'x'.repeat(length - 6)}-->${ROOT}`)).toBe('24 × 16');
      expect(say(`<!--${'x'.repeat(length - 7)}---->${ROOT}`)).toBe('24 × 16');
      expect(say(`<?a${'x'.repeat(length - 4)}?>${ROOT}`)).toBe('24 × 16');
      expect(say(`${' '.repeat(length)}${ROOT}`)).toBe('24 × 16');
      expect(
        say(`<!DOCTYPE svg [<!ENTITY w "24">${' '.repeat(length - 33)}]><svg width="&w;" height="16">`),
      ).toBe('24 × 16');
    },
  );

  it('is no comment that ends in its own start', () => {
    expect(say(`<!-->${ROOT}-->`)).toBe('not_an_image');
    expect(say(`${'<!---->'.repeat(585)}<!-->${ROOT}-->`)).toBe('not_an_image');
  });

  it.each<[string, (text: string) => Buffer]>([
    ['UTF-8 with a mark', (text) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 with a mark, little end first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 with a mark, big end first', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['UTF-16 without a mark, little end first', (text) => Buffer.from(text, 'utf16le')],
    ['UTF-16 without a mark, big end first', (text) => Buffer.from(text, 'utf16le').swap16()],
  ])('is read in %s', (_encoding, encode) => {
    expect(say(encode(ROOT))).toBe('24 × 16');
    expect(say(encode(`\n<?xml version="1.0" encoding="UTF-16"?><!--${'ß'.repeat(9_000)}-->${ROOT}`))).toBe(
      '24 × 16',
    );
  });

  it.each<[string, string, string]>([
    [
      'its entities are those of another file',
      '<!DOCTYPE svg SYSTEM "a.dtd"><svg width="&w;" height="16">',
      'unmeasurable',
    ],
    [
      'its entities stand for themselves',
      '<!DOCTYPE svg [<!ENTITY w "&w;">]><svg width="&w;" height="16">',
      'unmeasurable',
    ],
    ['its root tag stands behind 1.2 MB', `<!--${'x'.repeat(1_200_000)}-->${ROOT}`, 'not_an_image'],
    ['its document type takes 200 KB', `<!DOCTYPE svg [${' '.repeat(200_000)}]>${ROOT}`, 'not_an_image'],
    ['its root tag takes 200 KB', `<svg a="${'x'.repeat(200_000)}" width="24" height="16">`, 'broken'],
    [
      'its root tag has 2,000 attributes',
      `<svg ${'a="" '.repeat(2_000)}width="24" height="16">`,
      'not_an_image',
    ],
    ['its root tag ends with the file', ROOT.slice(0, -1), 'cut_short'],
    ['the file ends before it', '<!-- -->', 'not_an_image'],
    ['another root is there', '<html><svg width="24" height="16">', 'not_an_image'],
  ])('has no size where %s', (_what, text, kind) => {
    expect(say(text)).toBe(kind);
  });

  it('costs little, even if its entities expand to billions of characters', () => {
    const levels = Array.from(
      { length: 60 },
      (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(90)}">`,
    );
    const attributes = Array.from({ length: 900 }, (_, index) => ` a${index}="&e9;"`).join('');
    const doctype = `<!DOCTYPE svg [<!ENTITY e0 "24">${levels.join('')}]>`;
    expect(say(`${doctype}<svg width="&e9;" height="&e60;" style="&e5;" viewBox="&e2;"${attributes}>`)).toBe(
      'unmeasurable',
    );
  });

  it('has the same correct size or none, whatever its parts are', () => {
    const part = fc.constantFrom('<!--', '-->', '<?', '?>', '<!DOCTYPE svg', '[', ']', '>', '<!ENTITY w "24">', '"', "'", '&w;', ' ', ROOT, '<svg width="&w;" height="16">', '\0', 'x'.repeat(4_090)); // prettier-ignore
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(['24 × 16', 'not_an_image', 'cut_short', 'unmeasurable', 'broken']).toContain(say(text));
      }),
      { numRuns: 1_000 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SvgRootFinder } from './svg-root.js';

/** The attributes of a root tag that is there, or what there is instead of one. */
function findRoot(text: string): Record<string, string> | string {
  const found = new SvgRootFinder().push(text);
  if (found.kind === 'svg') return Object.fromEntries(found.attributes);
  return found.kind === 'more' && found.begun ? 'begun' : found.kind;
}

const PROLOGUES = [
  '',
  ' \t\r\n',
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<!-- <svg width="9"> -->',
  '<!---->',
  '<!-- -- > -->',
  '<?php echo "<svg>"; ?>',
  '<!DOCTYPE svg>',
  '<!doctype svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
  '<!DOCTYPE svg [ <!ENTITY a "<svg width=\'9\'>]>"> <!-- ]> " --> <?x ]> ?> ]>',
  '<!DOCTYPE svg SYSTEM "a>b" >',
];
const ROOTS: [tag: string, attributes: Record<string, string>][] = [
  ['<svg>', {}],
  ['<svg/>', {}],
  ['<svg width="1" height="2">', { width: '1', height: '2' }],
  ["<svg width='1'height='2'/>", { width: '1', height: '2' }],
  ['<svg\n\twidth = "1"\r\n  height\n=\n"2"\n/>', { width: '1', height: '2' }],
  [
    '<svg:svg xmlns:svg="http://www.w3.org/2000/svg" width="1">',
    { 'xmlns:svg': 'http://www.w3.org/2000/svg', width: '1' },
  ],
  ['<svg title="a > b" width="1">', { title: 'a > b', width: '1' }],
  ['<svg title="it\'s" alt=\'"\'>', { title: "it's", alt: '"' }],
  ['<svg width="&#49;&#x30;" height="&w;">', { width: '10', height: '&w;' }],
  ['<svg title="&amp;">', { title: '&amp;' }],
  ['<svg width="1" width="2">', { width: '1' }],
  ['<svg hidden width="1">', { hidden: '', width: '1' }],
  ['<svg width=1 height=2>', { width: '1', height: '2' }],
  ['<svg width="">', { width: '' }],
];

describe('the root tag of an SVG', () => {
  it.each(ROOTS)('is read with its attributes as they are written: %s', (tag, attributes) => {
    expect(findRoot(tag)).toEqual(attributes);
  });

  it.each(PROLOGUES)('is found behind %j', (prologue) => {
    expect(findRoot(`${prologue}<svg width="1">`)).toEqual({ width: '1' });
  });

  it.each([
    '<html><svg width="1"></html>',
    '<!DOCTYPE html><svg width="1">',
    '<!doctype HTML ><svg width="1">',
    '<svgs>',
    '<svg-icon>',
    '<SVG>',
    '<a:b:svg>',
    '< svg>',
    '</svg>',
    '<!ELEMENT svg><svg>',
    '<!DOCTYPEsvg><svg>',
    '<![CDATA[<svg>]]>',
    'text <svg>',
    '{"a":"<svg>"}',
    '<svg <b>',
    '<svg "a">',
    '<svg =1>',
    `<${'a'.repeat(65)}:svg>`,
  ])('is not there in %s', (text) => {
    expect(findRoot(text)).toBe('other');
  });

  it.each([
    '',
    ' ',
    '<',
    '<s',
    '<svg',
    '<a:sv',
    '<!',
    '<!-',
    '<!--',
    '<!-- -',
    '<!D',
    '<!DOCTYPE',
    '<!DOCTYPE s',
    '<?xml',
  ])('may still come after %j', (text) => {
    expect(findRoot(text)).toBe('more');
  });

  it.each([
    '<!DOCTYPE svg',
    '<!DOCTYPE svg [',
    '<!DOCTYPE svg [ <!-- ]>',
    '<!DOCTYPE svg "',
    '<!DOCTYPE htm',
  ])('may still come after the document type %j', (text) => {
    expect(findRoot(text)).toBe('more');
  });

  it.each(['<svg ', '<svg w', '<svg w=', '<svg w="', '<svg w="1"', '<svg w="1" /', '<svg:svg\n'])(
    'has begun in %j',
    (text) => {
      expect(findRoot(text)).toBe('begun');
    },
  );

  it('is found only when all of it is there, and never taken for something else before', () => {
    const document = fc
      .tuple(fc.array(fc.constantFrom(...PROLOGUES), { maxLength: 4 }), fc.constantFrom(...ROOTS))
      .map(([prologue, [tag, attributes]]) => ({ before: prologue.join('') + tag, attributes }));
    fc.assert(
      fc.property(document, ({ before, attributes }) => {
        for (let length = 0; length < before.length; length += 1) {
          expect(['more', 'begun']).toContain(findRoot(before.slice(0, length)));
        }
        expect(findRoot(before)).toEqual(attributes);
        expect(findRoot(`${before}<g>"</g><!--`)).toEqual(attributes);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same for a text and for its longer version', () => {
    const part = fc.constantFrom(
      '<',
      '>',
      '!',
      '-',
      '--',
      '?',
      '[',
      ']',
      '"',
      "'",
      '=',
      '/',
      ' ',
      'svg',
      'DOCTYPE',
      'a:',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const text = `<${parts.join('')}`;
        const whole = findRoot(text);
        const decided = Array.from(text, (_, length) => findRoot(text.slice(0, length))).filter(
          (said) => said !== 'more' && said !== 'begun',
        );
        for (const said of decided) expect(said).toEqual(whole);
      }),
      { numRuns: 3_000 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { describeNoUrl, splitCell } from './cell-urls.js';

const [A, B, C] = ['http://a.test/1.jpg', 'https://b.test/2.jpg', 's3://photos/3.jpg'];

describe('the URLs of a cell', () => {
  it.each([
    [A, [A]],
    [`${A} ${B}`, [A, B]],
    [`${A}|${B},${C}`, [A, B, C]],
    [`${A} ; \n|${B}`, [A, B]],
    [` ;${A}, ${B} | ,`, [A, B]],
    [`\u200B${A}\u200B ${B}\uFEFF`, [A, B]],
    [`${A};\u200B${B},\u2060\u200D${C}`, [A, B, C]],
    [`${A}\u200B${B}`, [`${A}\u200B${B}`]],
    [`${A},HTTP://c.test/`, [A, 'HTTP://c.test/']],
    ['http://a.test/a b,c;d|e.jpg', ['http://a.test/a b,c;d|e.jpg']],
    [`http://proxy.test/?url=${B}`, [`http://proxy.test/?url=${B}`]],
    [`http://proxy.test/${B} ${A}`, [`http://proxy.test/${B}`, A]],
    [`http://a.test/1,2;3?x=y,z ${B}`, ['http://a.test/1,2;3?x=y,z', B]],
    [`see ${A}`, [`see ${A}`]],
    [`see ${A} ${B}`, ['see', A, B]],
    ['', ['']],
    [' | ', ['']],
  ])('are split where a further one begins: %j', (cell, urls) => {
    expect(splitCell(cell)).toEqual(urls);
  });

  it.each([
    `${A} ftp://a.test/2.jpg`,
    `${A},file:///c/2.jpg`,
    `${A};\u200Bftp://a.test/2.jpg`,
    `${A} ${B};data://x`,
  ])('are refused with another scheme behind a separator: %s', (cell) => {
    expect(splitCell(cell)).toBeUndefined();
  });

  it('are found in a moment, however long the cell is and whatever it repeats', () => {
    for (const piece of [' ', '|', '://', 'a', ' ://', 'http://', ' http:/', 'x://,', '\u200Bx://']) {
      const began = performance.now();
      splitCell(piece.repeat(Math.floor(65_536 / piece.length)));
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });

  it.each([
    ['photos.test/x.jpg', /begins with http/],
    [String.raw`C:\Photos\1.jpg`, /file on a computer/],
    [String.raw`\\server\photos\1.jpg`, /file on a computer/],
    ['file:///home/1.jpg', /file on a computer/],
    ['ftp://a.test/1.jpg', /begins with http/],
  ])('that are none are described: %s', (url, message) => {
    expect(describeNoUrl(url)).toEqual(expect.stringMatching(message));
  });
});

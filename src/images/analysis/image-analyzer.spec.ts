import { describe, expect, it } from '@jest/globals';
import { checkAnalyzers, type ImageAnalyzer } from './image-analyzer.js';
import { ImageRejected, findRejection } from './image-rejected.js';

const called = (name: string): ImageAnalyzer => ({ name, analyze: async () => null });

describe('the names of analyzers', () => {
  it('may be any number of different ones', () => {
    expect(() => checkAnalyzers([])).not.toThrow();
    expect(() =>
      checkAnalyzers([called('exif'), called('planogram-2'), called('Shelf_Share')]),
    ).not.toThrow();
  });

  it.each(['', '__proto__', '2d', 'a b', 'a"b', 'ü', 'x'.repeat(65)])('can not be %j', (name) => {
    expect(() => checkAnalyzers([called(name)])).toThrow(`"${name}" is no name of an analyzer`);
  });

  it('cannot be the same twice', () => {
    expect(() => checkAnalyzers([called('exif'), called('exif')])).toThrow('two analyzers are called "exif"');
  });
});

describe('an invalid analyzer', () => {
  it.each([
    [{ name: 'exif' }, 'the analyzer exif has no method analyze'],
    [{ ...called('exif'), concurrency: 0 }, 'concurrency of the analyzer exif takes a whole number from 1'],
    [{ ...called('exif'), concurrency: NaN }, 'concurrency of the analyzer exif takes a whole number from 1'],
    [undefined, '"undefined" is no name of an analyzer'],
  ])('is reported: %j', (given, message) => {
    expect(() => checkAnalyzers([given as ImageAnalyzer])).toThrow(message); // oxlint-disable-line no-unsafe-type-assertion -- what platforms in JavaScript may give
  });
});

describe('the reason of a rejection', () => {
  it.each([
    ['too dark', 'too dark'],
    [' too\0dark\r\n to  see ', 'too dark to see'],
    ['', 'no reason given'],
    ['x'.repeat(10_000), 'x'.repeat(500)],
  ])('%j is %j', (reason, shown) => {
    expect(findRejection(new ImageRejected(reason))).toBe(shown);
  });

  it('is undefined for any other error', () => {
    expect([findRejection(new Error('x')), findRejection('ImageRejected'), findRejection(undefined)]).toEqual(
      [undefined, undefined, undefined],
    );
  });
});

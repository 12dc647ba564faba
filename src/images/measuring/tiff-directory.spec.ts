import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  BYTE,
  LONG,
  LONG8,
  orientationBlock,
  RATIONAL,
  SHORT,
  SLONG,
  SSHORT,
  TiffBuilder,
} from '../../../test/support/tiff-builder.js';
import { findOrientation } from './tiff-directory.js';

describe('the orientation in a block', () => {
  it.each([
    ['BYTE', BYTE],
    ['SHORT', SHORT],
    ['SSHORT', SSHORT],
    ['LONG', LONG],
    ['SLONG', SLONG],
  ])('may be of type %s, in either byte order', (_name, type) => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      expect(findOrientation(orientationBlock(orientation, type, 'II'))).toBe(orientation);
      expect(findOrientation(orientationBlock(orientation, type, 'MM'))).toBe(orientation);
    }
  });

  it('may be in a BigTIFF', () => {
    const block = new TiffBuilder('MM', true);
    expect(findOrientation(block.build(block.directory([[0x0112, LONG8, [6]]])))).toBe(6);
  });

  it.each([
    ['0', SHORT, [0]],
    ['9', SHORT, [9]],
    ['-6', SLONG, [-6]],
    ['two numbers', SHORT, [6, 6]],
    ['a fraction', RATIONAL, [6, 1]],
    ['a number of no known type', 99, [6]],
  ])('is none where it is %s', (_what, type, values) => {
    const block = new TiffBuilder();
    expect(findOrientation(block.build(block.directory([[0x0112, type, values]])))).toBeUndefined();
  });

  it('is the first that is one', () => {
    const block = new TiffBuilder();
    const at = block.directory([
      [0x0112, SHORT, [9]],
      [0x0112, SHORT, [6]],
      [0x0112, SHORT, [3]],
    ]);
    expect(findOrientation(block.build(at))).toBe(6);
  });

  it('is undefined for invalid bytes, and never throws', () => {
    const block = orientationBlock(6);
    const edit = fc.tuple(fc.nat({ max: block.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), fc.nat({ max: block.length }), (edits, length) => {
        const bytes = Buffer.from(block.subarray(0, length));
        for (const [at, value] of edits) if (at < length) bytes[at] = value;
        expect([undefined, 1, 2, 3, 4, 5, 6, 7, 8]).toContain(findOrientation(bytes));
      }),
      { numRuns: 3_000 },
    );
  });
});

import { copyExifBlock } from './exif-block.js';

/**
 * Returns a copy of the EXIF block in an `Exif` item of HEIF or an `Exif` box of JPEG XL. Four bytes precede
 * it: the number of bytes between them and the block, usually the mark of JPEG or nothing (ISO/IEC 23008-12
 * §A.2.1, ISO/IEC 18181-2). Not every writer counts correctly. Undefined if there is none.
 */
export function exifInItem(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 8) return undefined;
  const offsets = [4 + bytes.readUInt32BE(0), 4, 0];
  for (const offset of offsets) {
    const block = offset < bytes.length ? copyExifBlock(bytes, offset, bytes.length) : undefined;
    if (block !== undefined) return block;
  }
  return undefined;
}

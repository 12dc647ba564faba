import { TiffValues } from './tiff-values.js';

const COMPRESSION = 0x0103;
/** The value of {@link COMPRESSION} for pixels that are not compressed, and its default (TIFF 6.0 §8). */
const NONE = 1;

/**
 * Whether a file has its pixels uncompressed. Files with the same blank rows at their start would then have the same key.
 * A TIFF counts as uncompressed if its start does not say.
 */
export function isUncompressed(format: string, start: Buffer): boolean {
  if (format === 'bmp') return true;
  if (format !== 'tiff') return false;
  const tiff = TiffValues.open(start);
  return (tiff?.find(tiff.first, COMPRESSION) ?? NONE) === NONE;
}

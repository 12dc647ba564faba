import type { FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

/** The part of the file header before the depth and the color mode. */
const HEADER_BYTES = 22;
const PSD = 1;
const PSB = 2;

/**
 * Reads a Photoshop image (Adobe Photoshop File Formats Specification, "File Header Section"): a PSD, or a PSB
 * for large documents of up to 300,000 pixels a side. EXIF in the image resources is not read.
 */
export function* readPsd(): FormatReader {
  const bytes = yield { at: 0, length: HEADER_BYTES };
  if (bytes.length < HEADER_BYTES) return { kind: 'cut_short' };
  const version = bytes.readUInt16BE(4);
  if (version !== PSD && version !== PSB) return { kind: 'broken' };
  const format = version === PSD ? 'psd' : 'psb';
  return toMeasuredSize(bytes.readUInt32BE(18), bytes.readUInt32BE(14), format, 'image/vnd.adobe.photoshop');
}

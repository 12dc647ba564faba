import type { FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

/** Of the file header, all that stands before the depth and the color mode. */
const HEADER_BYTES = 22;
const PSD = 1;
const PSB = 2;

/**
 * Reads an image of Photoshop (Adobe Photoshop File Formats Specification, "File Header Section"): a PSD, or a PSB, the
 * format for large documents, whose sides may have 300,000 pixels. EXIF, which may stand among the image resources, is not
 * looked for.
 */
export function* readPsd(): FormatReader {
  const bytes = yield { at: 0, length: HEADER_BYTES };
  if (bytes.length < HEADER_BYTES) return { kind: 'cut_short' };
  const version = bytes.readUInt16BE(4);
  if (version !== PSD && version !== PSB) return { kind: 'broken' };
  const format = version === PSD ? 'psd' : 'psb';
  return toMeasuredSize(bytes.readUInt32BE(18), bytes.readUInt32BE(14), format, 'image/vnd.adobe.photoshop');
}

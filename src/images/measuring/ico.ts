import { Parser } from 'probe-image-size/lib/formats/ico.js';
import type { FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

const HEADER_BYTES = 6;
const ENTRY_BYTES = 16;
/** Maximum number of sizes that are read. A directory may claim 65,535. */
const MAX_ICONS = 256;

/** Reads an icon: the largest size in its directory, as probe-image-size finds it. */
export function* readIco(): FormatReader {
  const header = yield { at: 0, length: HEADER_BYTES };
  if (header.length < HEADER_BYTES) return { kind: 'cut_short' };
  const icons = header.readUInt16LE(4);
  if (icons === 0 || icons > MAX_ICONS) return { kind: 'broken' };
  const length = HEADER_BYTES + icons * ENTRY_BYTES;
  const directory = yield { at: 0, length };
  if (directory.length < length) return { kind: 'cut_short' };
  const parser = new Parser();
  parser.push(directory);
  const found = parser.getResult();
  return found === undefined
    ? { kind: 'broken' }
    : toMeasuredSize(found.width, found.height, found.type, found.mime);
}

import type { FormatReader } from './format-reader.js';
import { readSvg, readThroughProbe } from './probe.js';
import type { Signature } from './signature.js';

/** The reader of each format, in a file of its own. */
const READERS: Readonly<Record<Exclude<Signature, 'unknown' | 'undecided'>, () => FormatReader>> = {
  jpeg: () => readThroughProbe('jpeg'),
  png: () => readThroughProbe('png'),
  gif: () => readThroughProbe('gif'),
  webp: () => readThroughProbe('webp'),
  bmp: () => readThroughProbe('bmp'),
  psd: () => readThroughProbe('psd'),
  tiff: () => readThroughProbe('tiff'),
  ico: () => readThroughProbe('ico'),
  heif: () => readThroughProbe('heif'),
  text: readSvg,
};

export function readerOf(format: Exclude<Signature, 'unknown' | 'undecided'>): FormatReader {
  return READERS[format]();
}

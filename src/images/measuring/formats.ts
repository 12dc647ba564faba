import { readBmp } from './bmp.js';
import { readCr3 } from './cr3.js';
import type { FormatReader } from './format-reader.js';
import { readGif } from './gif.js';
import { readHeif } from './heif.js';
import { readIco } from './ico.js';
import { readJp2, readJpeg2000Codestream } from './jp2.js';
import { readJpeg } from './jpeg.js';
import { readJxl, readJxlCodestream } from './jxl.js';
import { readPng } from './png.js';
import { readPsd } from './psd.js';
import type { ImageFormat } from './signature.js';
import { readSvg } from './svg.js';
import { readTiff } from './tiff.js';
import { readWebp } from './webp.js';

/** The reader of a format, and its name for people. */
interface Format {
  readonly name: string;
  read(): FormatReader;
}

export const FORMATS: Readonly<Record<ImageFormat, Format>> = {
  jpeg: { name: 'JPEG', read: readJpeg },
  png: { name: 'PNG', read: readPng },
  gif: { name: 'GIF', read: readGif },
  webp: { name: 'WebP', read: readWebp },
  bmp: { name: 'bitmap', read: readBmp },
  psd: { name: 'Photoshop file', read: readPsd },
  tiff: { name: 'TIFF or raw file', read: readTiff },
  ico: { name: 'Windows icon', read: readIco },
  heif: { name: 'HEIF or AVIF file', read: readHeif },
  cr3: { name: 'CR3 raw file', read: readCr3 },
  jp2: { name: 'JPEG 2000 file', read: readJp2 },
  j2c: { name: 'JPEG 2000 file', read: readJpeg2000Codestream },
  jxl: { name: 'JPEG XL file', read: readJxl },
  jxlc: { name: 'JPEG XL file', read: readJxlCodestream },
  jxr: { name: 'JPEG XR file', read: readUnsupported },
  crw: { name: 'CRW raw file', read: readUnsupported },
  mrw: { name: 'MRW raw file', read: readUnsupported },
  raf: { name: 'RAF raw file', read: readUnsupported },
  x3f: { name: 'X3F raw file', read: readUnsupported },
  text: { name: 'SVG', read: readSvg },
};

/**
 * For formats that are recognised, so that their files are not reported as damaged, but cannot be measured.
 */
function* readUnsupported(): FormatReader {
  yield { at: 0, length: 0 };
  return { kind: 'unsupported' };
}

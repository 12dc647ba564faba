import { Parser as HeifParser } from 'probe-image-size/lib/formats/avif.js';
import { Parser as BmpParser } from 'probe-image-size/lib/formats/bmp.js';
import { Parser as GifParser } from 'probe-image-size/lib/formats/gif.js';
import { Parser as IcoParser } from 'probe-image-size/lib/formats/ico.js';
import { Parser as JpegParser } from 'probe-image-size/lib/formats/jpeg.js';
import { Parser as PngParser } from 'probe-image-size/lib/formats/png.js';
import { Parser as PsdParser } from 'probe-image-size/lib/formats/psd.js';
import { Parser as TiffParser } from 'probe-image-size/lib/formats/tiff.js';
import { Parser as WebpParser } from 'probe-image-size/lib/formats/webp.js';
import { type ImageSize, type Measurement, sizeOf } from './measurement.js';
import type { BitmapFormat } from './signature.js';
import { firstWebpChunk } from './webp-chunk.js';

const PARSERS = {
  jpeg: JpegParser,
  png: PngParser,
  gif: GifParser,
  webp: WebpParser,
  bmp: BmpParser,
  psd: PsdParser,
  tiff: TiffParser,
  ico: IcoParser,
  heif: HeifParser,
} as const satisfies Record<BitmapFormat, unknown>;

type FormatParser = InstanceType<(typeof PARSERS)[BitmapFormat]>;

/** No icon has more sizes. The parser keeps each of them, and a directory may name 65,535. */
const MOST_ICONS = 256;

/** Measures an image whose size stands in binary fields. Keeps none of the bytes. */
export class Bitmap {
  private readonly parser: FormatParser;
  private soFar: ImageSize | undefined;
  private begun = false;

  constructor(private readonly format: BitmapFormat) {
    this.parser = new PARSERS[format]();
  }

  /** @param bytes those that follow the ones before; the first ones hold all of the signature */
  push(bytes: Buffer): Measurement {
    try {
      return this.take(bytes);
    } catch {
      // A parser that stumbles has met a file that lies.
      return this.soFar ?? { kind: 'broken' };
    }
  }

  /** The file has no more bytes. */
  end(): Measurement {
    return this.soFar ?? { kind: 'cut_short' };
  }

  private take(bytes: Buffer): Measurement {
    const first = this.begun ? undefined : this.format;
    this.begun = true;
    if (first === 'ico' && bytes.readUInt16LE(4) > MOST_ICONS) return { kind: 'broken' };
    const early = first === 'webp' ? firstWebpChunk(bytes) : undefined;
    if (early !== undefined) {
      const size = webpSize(early.alone);
      if (size.kind === 'broken' || !early.exifFollows) return size;
      this.soFar = size;
    }
    this.parser.push(bytes);
    return this.read();
  }

  private read(): Measurement {
    const done = this.parser.getStatus() !== 0;
    const found = this.parser.getResult();
    if (found === undefined) {
      if (done) return this.soFar ?? { kind: 'broken' };
      return this.soFar === undefined ? { kind: 'more' } : { kind: 'more', soFar: this.soFar };
    }
    const size = sizeOf(found.width, found.height, found.type, found.mime, found.orientation);
    if (done || size.kind === 'broken') return size;
    this.soFar = size;
    return { kind: 'more', soFar: size };
  }
}

function webpSize(file: Buffer): ReturnType<typeof sizeOf> {
  const parser = new WebpParser();
  parser.push(file);
  const found = parser.getResult();
  return found === undefined ? { kind: 'broken' } : sizeOf(found.width, found.height, found.type, found.mime);
}

import type { AnalyzedImage, ImageAnalyzer, ImageBytes } from '../image-analyzer.js';
import { decodeExif, type ExifFinding } from './decode-exif.js';
import { exifBlock } from './exif-block.js';
import { TimeZone } from './local-time.js';

export interface ExifOptions {
  /**
   * IANA name of the zone in which clock times are read whose offset nothing in the photo says. Without it they are not
   * placed in time.
   */
  readonly timeZone?: string;
}

/**
 * Says when, where and by which camera a photo was taken: what stands in the EXIF of JPEG, PNG, WebP, HEIF, AVIF and TIFF
 * files, as far as it stands in the bytes that were read to measure them. It sends no request. A file without EXIF costs a
 * look at a few bytes, and has no entry.
 *
 * A camera shows local time. Its offset is taken from the photo where the photo says it, in its offset tags or by a time of
 * GPS near it, else from the zone of the options. Nothing else is assumed: `docs/analyzers.md` has the rules.
 *
 * @example
 * analyzers: [new ExifAnalyzer({ timeZone: 'Asia/Kolkata' })]
 */
export class ExifAnalyzer implements ImageAnalyzer {
  readonly name = 'exif';
  private readonly zone: TimeZone | undefined;

  /** @throws RangeError for a time zone that is none */
  constructor(options: ExifOptions = {}) {
    this.zone = options.timeZone === undefined ? undefined : new TimeZone(options.timeZone);
  }

  wants(start: Buffer, format: string): boolean {
    return exifBlock(start, format) !== undefined;
  }

  async analyze(
    { format, visit_time }: Pick<AnalyzedImage, 'format' | 'visit_time'>,
    { start }: Pick<ImageBytes, 'start'>,
  ): Promise<ExifFinding | undefined> {
    const block = exifBlock(start, format);
    return block === undefined ? undefined : decodeExif(block, visit_time, this.zone);
  }
}

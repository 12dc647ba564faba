import type { AnalyzedImage, ImageAnalyzer, ImageBytes } from '../image-analyzer.js';
import { decodeExif, type ExifFinding } from './decode-exif.js';
import { TimeZone } from './local-time.js';

export interface ExifOptions {
  /**
   * IANA name of the zone in which clock times are read whose offset nothing in the photo says. Without it they are not
   * placed in time.
   */
  readonly timeZone?: string;
}

/**
 * Says when, where and by which camera a photo was taken: what stands in the EXIF of its file, wherever in the file that is.
 * A file without EXIF has no entry, and costs nothing more.
 *
 * A camera shows local time. Its offset is taken from the photo where the photo says it, in its offset tags or by a time of
 * GPS near it, else from the zone of the options. Nothing else is assumed: `docs/analyzers.md` has the rules.
 *
 * @example
 * analyzers: [new ExifAnalyzer({ timeZone: 'Asia/Kolkata' })]
 */
export class ExifAnalyzer implements ImageAnalyzer {
  readonly name = 'exif';
  readonly usesExif = true;
  private readonly zone: TimeZone | undefined;

  /** @throws RangeError for a time zone that is none */
  constructor(options: ExifOptions = {}) {
    this.zone = options.timeZone === undefined ? undefined : new TimeZone(options.timeZone);
  }

  wants(_start: Buffer, _format: string, exif: Buffer | null): boolean {
    return exif !== null;
  }

  async analyze(
    { visit_time }: Pick<AnalyzedImage, 'visit_time'>,
    { exif }: Pick<ImageBytes, 'exif'>,
  ): Promise<ExifFinding | undefined> {
    return exif === null ? undefined : decodeExif(exif, visit_time, this.zone);
  }
}

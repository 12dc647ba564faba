import type { AnalyzedImage, ImageAnalyzer, ImageBytes } from '../image-analyzer.js';
import { decodeExif, type ExifFinding } from './decode-exif.js';
import { getTimeZone, type TimeZone } from '../../../http/input/time-zone.js';

export interface ExifOptions {
  /**
   * IANA name of the zone of clock times without an offset in the photo, in jobs without a `time_zone`. Without either, such
   * times are ignored.
   */
  readonly timeZone?: string;
}

/**
 * Reads when, where and by which camera a photo was taken, from EXIF anywhere in its file. A file without EXIF
 * has no entry and costs no further request.
 *
 * A camera records local time. Its offset comes from the photo (its offset tags, or a GPS time near it), else from the zone of the
 * job (`time_zone`), else from that of the options. Nothing else is assumed. `docs/analyzers.md` contains the rules.
 *
 * @example analyzers: [new ExifAnalyzer({ timeZone: 'Asia/Kolkata' })]
 */
export class ExifAnalyzer implements ImageAnalyzer {
  readonly name = 'exif';
  readonly usesExif = true;
  private readonly zone: TimeZone | undefined;

  /** @throws RangeError for an unknown time zone */
  constructor(options: ExifOptions = {}) {
    this.zone = options.timeZone === undefined ? undefined : getTimeZone(options.timeZone);
  }

  wants(_start: Buffer, _format: string, exif: Buffer | null): boolean {
    return exif !== null;
  }

  async analyze(
    { visit_time, time_zone }: Pick<AnalyzedImage, 'visit_time'> & Partial<Pick<AnalyzedImage, 'time_zone'>>,
    { exif }: Pick<ImageBytes, 'exif'>,
  ): Promise<ExifFinding | undefined> {
    if (exif === null) return undefined;
    return decodeExif(exif, visit_time, time_zone ? getTimeZone(time_zone) : this.zone);
  }
}

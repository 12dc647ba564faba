/** What JSON can say. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json | undefined };

/** The image that is analysed: one row of a job, and what was measured of it. */
export interface AnalyzedImage {
  readonly job_id: string;
  readonly image_id: string;
  readonly store_id: string;
  readonly visit_time: Date;
  readonly url: string;
  /** Pixels, as stored in the file. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** EXIF orientation, 1 to 8, where the file has one. */
  readonly orientation: number | null;
  /** Bytes of the whole file as its host declared them. */
  readonly content_length: number | null;
}

/** The bytes of an image. They belong to all analyzers: whoever wants to change them makes a copy. */
export interface ImageBytes {
  /**
   * The start of the file as it was read to measure it: 16 KiB at least, or all of a shorter file, and 64 KiB at the most.
   * Less of it only where its host broke off.
   */
  readonly start: Buffer;
  /** Whether {@link start} is known to be all of it. */
  readonly isWhole: boolean;
  /**
   * The EXIF block of the file, a TIFF structure of 64 KiB at the most, wherever in the file it stands; or null where the
   * file has none or nobody looked that far. Only where an analyzer {@link ImageAnalyzer.usesExif} is a request made for
   * it alone.
   */
  readonly exif: Buffer | null;
  /**
   * The whole file, fetched when it is first asked for, once for all analyzers and rows: what was read already is not
   * read again where the host honours ranges. The analyzer's time stands still meanwhile. What it rejects with should be
   * thrown on: the image is then tried again later where that may help, as if it could not have been measured.
   */
  whole(): Promise<Buffer>;
}

/**
 * Finds something out about images, beside their size. What it finds stands under its name in `analysis`.
 *
 * It runs in the process that fetches the images, which nothing can take the processor away from: one that never gives
 * the event loop back (an endless loop, a regular expression that explodes) stops the whole process, and one that keeps
 * it for seconds delays all others. What may do so belongs into a thread: {@link threadAnalyzer}.
 */
export interface ImageAnalyzer {
  /** Letters, digits, `_` and `-`, 64 at the most, a letter first; no other analyzer has it. */
  readonly name: string;
  /** Images that it is given at a time; `concurrency` of the options otherwise. */
  readonly concurrency?: number;
  /**
   * Whether it uses {@link ImageBytes.exif}: an EXIF block that stands behind the pixels is fetched then, too, with a few
   * further ranges. Without it there is an EXIF block only where it came along.
   */
  readonly usesExif?: boolean;
  /**
   * A quick look: false for an image that it finds nothing in, which then costs nothing more. Without it every image is
   * analysed.
   *
   * @param start as {@link ImageBytes.start}
   * @param format as it was measured
   * @param exif as {@link ImageBytes.exif}
   */
  wants?(start: Buffer, format: string, exif: Buffer | null): boolean;
  /**
   * Resolves with what it found; with undefined, `analysis` has no entry. An {@link ImageRejected} fails the image for the
   * reason that it gives. Anything else that is thrown fails it as `analysis_failed`.
   *
   * @param signal aborts when the time is up, or the image is another process's by now
   */
  analyze(image: AnalyzedImage, bytes: ImageBytes, signal: AbortSignal): Promise<Json | undefined>;
  /**
   * Is waited for before each image, a minute at the most, and counts for none of its time: for what has to start first.
   *
   * @param signal aborts where the image is given up
   */
  ready?(signal: AbortSignal): Promise<void>;
  /** Is called when the application stops. */
  close?(): Promise<void>;
}

/** The analyzers, a list of {@link ImageAnalyzer}: none where nothing is provided. */
export const IMAGE_ANALYZERS = Symbol('IMAGE_ANALYZERS');

const NAME = /^[a-z][\w-]{0,63}$/i;

/** @throws Error for what is no analyzer, a name that can't be used, or that two of them have */
export function checkAnalyzers(analyzers: readonly ImageAnalyzer[]): void {
  const names = new Set<string>();
  for (const given of analyzers) {
    const { name, analyze, concurrency }: Record<keyof ImageAnalyzer, unknown> = Object(given);
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new Error(
        `"${String(name)}" is no name of an analyzer: letters, digits, _ and -, 64 at the most, a letter first`,
      );
    }
    if (names.has(name)) throw new Error(`two analyzers are called "${name}"`);
    if (typeof analyze !== 'function') throw new Error(`the analyzer ${name} has no method analyze`);
    if (concurrency !== undefined && !(Number.isInteger(concurrency) && Number(concurrency) >= 1))
      throw new Error(`concurrency of the analyzer ${name} takes a whole number from 1`);
    names.add(name);
  }
}

/** Whether an analyzer wants to see an image; where it does not know, it will be told soon enough. */
export function wants(analyzer: ImageAnalyzer, start: Buffer, format: string, exif: Buffer | null): boolean {
  try {
    return analyzer.wants?.(start, format, exif) ?? true;
  } catch {
    return true;
  }
}

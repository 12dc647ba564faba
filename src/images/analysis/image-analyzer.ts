/** A value of JSON. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json | undefined };

/** The image to analyze: one row of a job and its measurement. */
export interface AnalyzedImage {
  readonly job_id: string;
  readonly image_id: string;
  readonly store_id: string;
  readonly visit_time: Date;
  /** The IANA zone that the job names for times without an offset. */
  readonly time_zone: string | null;
  readonly url: string;
  /** Pixels, as stored in the file. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** EXIF orientation, 1 to 8, or null. */
  readonly orientation: number | null;
  /** Bytes of the whole file as its host declared them. */
  readonly content_length: number | null;
}

/**
 * The bytes of an image. All analyzers share them, so an analyzer must copy bytes before it changes them.
 */
export interface ImageBytes {
  /**
   * The start of the file: 16 KiB to 64 KiB, or all of a shorter file. It is shorter only if the host closed
   * the connection.
   */
  readonly start: Buffer;
  /** Whether {@link start} is known to be the whole file. */
  readonly isWhole: boolean;
  /**
   * The EXIF block from anywhere in the file, a TIFF structure of at most 64 KiB; null if none was found. Extra
   * requests are made for it only if an analyzer sets {@link ImageAnalyzer.usesExif}.
   */
  readonly exif: Buffer | null;
  /**
   * The whole file. It is fetched on the first call, once for all analyzers and rows, and bytes that were read
   * before are not read again if the host supports ranges. The timeout of the analyzer is paused meanwhile. The
   * analyzer should let a rejection pass: the image is then tried again later if that may help.
   */
  whole(): Promise<Buffer>;
}

/**
 * Finds out something about images besides their size. The result is in `analysis` under the analyzer's name.
 *
 * It runs in the process that fetches the images. An analyzer that never yields to the event loop (an endless
 * loop, an exploding regular expression) stops the whole process, and one that blocks it for seconds delays all
 * others. Such code belongs in a thread: {@link threadAnalyzer}.
 */
export interface ImageAnalyzer {
  /** Unique name: a letter, then letters, digits, `_` and `-`, at most 64 characters. */
  readonly name: string;
  /** Images that it analyzes at a time. Default: `concurrency` of the options. */
  readonly concurrency?: number;
  /**
   * Whether it uses {@link ImageBytes.exif}. An EXIF block behind the pixels is then fetched with a few further
   * ranges. Otherwise there is an EXIF block only if it is in bytes that were read anyway.
   */
  readonly usesExif?: boolean;
  /**
   * A quick check. False skips the analysis of an image. Default: every image is analyzed.
   *
   * @param start as {@link ImageBytes.start}
   * @param format measured format
   * @param exif as {@link ImageBytes.exif}
   */
  wants?(start: Buffer, format: string, exif: Buffer | null): boolean;
  /**
   * Resolves with the finding; undefined adds no entry to `analysis`. An {@link ImageRejected} fails the image
   * with its reason. Any other error fails it as `analysis_failed`.
   *
   * @param signal aborts when the time is up, or when another process has taken over the image
   */
  analyze(image: AnalyzedImage, bytes: ImageBytes, signal: AbortSignal): Promise<Json | undefined>;
  /**
   * Called before each image, for work that has to be done first. It may take a minute and does not count for
   * the image's timeout.
   *
   * @param signal aborts when the analysis of the image is aborted
   */
  ready?(signal: AbortSignal): Promise<void>;
  /** Called when the application stops. */
  close?(): Promise<void>;
}

/** A list of {@link ImageAnalyzer}; empty unless provided. */
export const IMAGE_ANALYZERS = Symbol('IMAGE_ANALYZERS');

const NAME = /^[a-z][\w-]{0,63}$/i;

/** @throws Error for an invalid analyzer, an invalid name, or a name that is used twice */
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

/**
 * Whether an analyzer wants an image. True if its check throws, because the analysis will then report the
 * error.
 */
export function wants(analyzer: ImageAnalyzer, start: Buffer, format: string, exif: Buffer | null): boolean {
  try {
    return analyzer.wants?.(start, format, exif) ?? true;
  } catch {
    return true;
  }
}

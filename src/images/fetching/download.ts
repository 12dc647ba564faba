import type { Dispatcher } from 'undici';
import type { Measurement } from '../measuring/measurement.js';
import { discard, headerOf, lengthOf, rangeOf, refuseCoding, strongETag } from './answer.js';
import { FetchFault, statusFault } from './fetch-fault.js';
import { HeaderBytes } from './header-bytes.js';
import { isRedirect } from './target.js';

/** The first range asked for: most images tell their size there. */
export const FIRST_RANGE = 16_384;
/** Each further range is so many times as long as the bytes before it, up to a longest. */
const GROWTH = 3;
const LONGEST_RANGE = 4_194_304;
/** A rest of a body up to this length is read to keep the connection; a longer one is cut off. */
const SHORT_REST = 65_536;

/** What a download needs of its surroundings. */
export interface DownloadContext {
  request(target: URL, headers: Record<string, string>): Promise<Dispatcher.ResponseData>;
  readonly maxBytes: number;
  /** Called before more than {@link FIRST_RANGE} and a little are held; `bytes` is the most they can come to. */
  reserve(bytes: number): Promise<void>;
}

/** How a download went on: to a size or its lack, or to another URL. */
export type DownloadStep =
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | { readonly kind: 'redirect'; readonly location: string };

/**
 * Reads a file as far as its size stands: by ranges where the host honours them, by the start of a plain answer where
 * it does not. Never more than `maxBytes`.
 */
export class Download {
  private readonly bytes = new HeaderBytes();
  private total: number | null = null;
  private tag: string | undefined;
  private ranged = true;
  private reserved = false;

  constructor(private readonly context: DownloadContext) {}

  /** Bytes of the whole file as the host declared them, or null. */
  get contentLength(): number | null {
    return this.total;
  }

  /** Asks one host until the size is known, the file ends, or it sends on. Throws FetchFault, or what the connection threw. */
  async from(target: URL): Promise<DownloadStep> {
    for (;;) {
      const offset = this.bytes.length;
      const answer = await this.context.request(target, this.headersFor(offset));
      if (isRedirect(answer.statusCode)) {
        await discard(answer, SHORT_REST);
        this.bytes.clear();
        return redirectOf(answer);
      }
      const measurement = await this.take(answer, offset);
      if (measurement.kind !== 'more') return { kind: 'measured', measurement };
    }
  }

  private headersFor(offset: number): Record<string, string> {
    if (!this.ranged) return {};
    const length =
      offset === 0 ? FIRST_RANGE : Math.min(offset * GROWTH, LONGEST_RANGE, this.context.maxBytes - offset);
    const range = { range: `bytes=${offset}-${offset + length - 1}` };
    return this.tag === undefined || offset === 0 ? range : { ...range, 'if-range': this.tag };
  }

  private async take(answer: Dispatcher.ResponseData, offset: number): Promise<Measurement> {
    switch (answer.statusCode) {
      case 206:
        refuseCoding(answer);
        this.total = rangeOf(answer, offset).total;
        this.tag = strongETag(answer);
        return this.read(answer, this.total);
      case 200:
        refuseCoding(answer);
        this.bytes.clear();
        this.total = lengthOf(answer);
        return this.read(answer, null);
      case 416:
        await discard(answer, SHORT_REST);
        if (offset > 0 || !this.ranged) return this.bytes.conclude(true);
        this.ranged = false;
        return { kind: 'more' };
      default:
        await discard(answer, SHORT_REST);
        if (answer.statusCode >= 400) throw statusFault(answer.statusCode, headerOf(answer, 'retry-after'));
        throw new FetchFault(
          'bad_response',
          `the host answered ${answer.statusCode} where a file was asked for`,
        );
    }
  }

  /**
   * Reads a body until the size is known.
   *
   * @param fileLength where the body is a range: the bytes of the whole file, which say whether it ends here
   */
  private async read(answer: Dispatcher.ResponseData, fileLength: number | null): Promise<Measurement> {
    const declared = lengthOf(answer);
    const isRange = answer.statusCode === 206;
    if (declared !== null && declared <= SHORT_REST && this.bytes.length + declared <= SHORT_REST) {
      this.bytes.push(Buffer.from(await answer.body.arrayBuffer()));
    } else {
      const known = await this.readStream(answer);
      if (known !== undefined) return known;
    }
    const ends = isRange ? fileLength !== null && this.bytes.length >= fileLength : true;
    if (isRange && this.bytes.length < FIRST_RANGE && fileLength === null) return this.bytes.conclude(true);
    const measurement = ends ? this.bytes.conclude(true) : this.bytes.check();
    if (measurement.kind === 'more' && this.bytes.length >= this.context.maxBytes) throw this.tooLarge();
    return measurement;
  }

  /** Reads piece by piece; cuts the body off when the size is known. Undefined when the body came to its end. */
  private async readStream(answer: Dispatcher.ResponseData): Promise<Measurement | undefined> {
    const chunks: AsyncIterable<Buffer> = answer.body;
    for await (const chunk of chunks) {
      this.bytes.push(chunk);
      const measurement = this.bytes.check();
      if (measurement.kind !== 'more') return measurement;
      if (this.bytes.length > this.context.maxBytes) throw this.tooLarge();
      if (this.bytes.length > SHORT_REST && !this.reserved) {
        this.reserved = true;
        await this.context.reserve(Math.min(this.total ?? Infinity, this.context.maxBytes));
      }
    }
    return undefined;
  }

  private tooLarge(): FetchFault {
    return new FetchFault(
      'too_large',
      `its size does not stand within the first ${this.context.maxBytes} bytes`,
    );
  }
}

function redirectOf(answer: Dispatcher.ResponseData): DownloadStep {
  const location = headerOf(answer, 'location');
  if (location === undefined)
    throw new FetchFault('bad_redirect', 'the host redirected without saying where to');
  return { kind: 'redirect', location };
}

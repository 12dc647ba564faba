import type { ImageFetcher } from '../fetching/image-fetcher.js';
import type { FileStart } from '../fetching/file-start.js';
import type { FailedImage, DeferredImage, RefusedImage } from '../fetching/image-outcome.js';
import type { FairSemaphore } from '../waiting/fair-semaphore.js';

/** How long a file waits for memory before its image is deferred, in milliseconds. */
const MEMORY_WAIT_MS = 10_000;
/** How long an image is deferred because no memory was free, in milliseconds. */
const DEFERRAL_MS = 2_000;

/** The image is deferred because no memory is free for its bytes. This is not an attempt. */
export const NO_MEMORY: DeferredImage = {
  kind: 'deferred',
  afterMs: DEFERRAL_MS,
  fault: null,
  contentLength: null,
};

/** The whole file is needed, but is not available now or at all. */
export class WholeFileMissing extends Error {
  override readonly name = 'WholeFileMissing';

  constructor(readonly outcome: FailedImage | DeferredImage | RefusedImage) {
    super(outcome.kind === 'deferred' ? 'the host is not asked at present' : outcome.reason);
  }
}

/** Fetches whole files and limits their memory. */
export interface WholeFiles {
  readonly fetcher: Pick<ImageFetcher, 'fetchWhole'>;
  /** Limits the bytes of whole files in memory. */
  readonly memory: FairSemaphore;
  /** Largest permitted size of one file, in bytes. */
  readonly maxBytes: number;
}

/** The bytes of one file: its start, and the whole file once it is requested. {@link release} frees them. */
export class FileBytes {
  private fetching: Promise<Buffer> | undefined;
  private reserved = 0;
  private isReleased = false;

  constructor(
    private readonly files: WholeFiles,
    private readonly url: string,
    readonly start: FileStart,
    private readonly fairnessKey: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether the start is known to be the whole file. */
  get isWhole(): boolean {
    return this.start.total === this.start.bytes.length;
  }

  /**
   * The whole file, fetched once.
   *
   * @throws WholeFileMissing, or the reason of the signal
   */
  async whole(): Promise<Buffer> {
    if (this.isWhole) return this.start.bytes;
    if (this.isReleased) throw new Error('the analysis of the image is over');
    this.fetching ??= this.fetch();
    return this.fetching;
  }

  /** Frees the bytes. */
  async release(): Promise<void> {
    this.isReleased = true;
    await this.fetching?.catch(() => {});
    this.fetching = undefined;
    this.start.drop();
    if (this.reserved > 0) this.files.memory.release(this.reserved);
    this.reserved = 0;
  }

  private async fetch(): Promise<Buffer> {
    const { fetcher, memory, maxBytes } = this.files;
    const { url, start, fairnessKey, signal } = this;
    // A file that is too large is not fetched and needs no memory.
    const mostBytes = Math.min(start.total ?? maxBytes, maxBytes);
    const acquired = await memory.acquire(mostBytes, { signal, fairnessKey, waitMs: MEMORY_WAIT_MS });
    if (!acquired) throw new WholeFileMissing(NO_MEMORY);
    this.reserved = mostBytes;
    const came = await fetcher.fetchWhole(url, start, mostBytes, { signal, fairnessKey });
    if (Buffer.isBuffer(came)) return came;
    throw new WholeFileMissing(came);
  }
}

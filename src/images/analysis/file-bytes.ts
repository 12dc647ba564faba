import type { ImageFetcher } from '../fetching/image-fetcher.js';
import type { FileStart } from '../fetching/file-start.js';
import type { FailedImage, DeferredImage, RefusedImage } from '../fetching/image-outcome.js';
import type { FairSemaphore } from '../waiting/fair-semaphore.js';

/** How long a file waits for memory before its image is put off, in milliseconds. */
const MEMORY_WAIT_MS = 10_000;
/** When an image comes back that was put off because there was no memory for it, in milliseconds. */
const PUT_OFF_MS = 2_000;

/** No try of the image: this process has no memory for its bytes at present. */
export const NO_MEMORY: DeferredImage = {
  kind: 'deferred',
  afterMs: PUT_OFF_MS,
  fault: null,
  contentLength: null,
};

/** The whole file was wanted, and can't be had at present, or at all. */
export class WholeFileMissing extends Error {
  override readonly name = 'WholeFileMissing';

  constructor(readonly outcome: FailedImage | DeferredImage | RefusedImage) {
    super(outcome.kind === 'deferred' ? 'the host is not asked at present' : outcome.reason);
  }
}

/** Where whole files come from, and how much of them may be held. */
export interface WholeFiles {
  readonly fetcher: Pick<ImageFetcher, 'fetchWhole'>;
  /** Bytes of whole files that may be held. */
  readonly memory: FairSemaphore;
  /** Most bytes of one file. */
  readonly maxBytes: number;
}

/** The bytes of one file: its start, and all of it once somebody asks. They are let go of in the end. */
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

  /** Whether the start is known to be all of it. */
  get isWhole(): boolean {
    return this.start.total === this.start.bytes.length;
  }

  /**
   * All of it, fetched once.
   *
   * @throws WholeFileMissing, or the reason of the signal
   */
  async whole(): Promise<Buffer> {
    if (this.isWhole) return this.start.bytes;
    if (this.isReleased) throw new Error('the analysis of the image is over');
    this.fetching ??= this.fetch();
    return this.fetching;
  }

  /** Nobody wants them any more. */
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
    // What is longer than it may be is not fetched, and holds nothing.
    const mostBytes = Math.min(start.total ?? maxBytes, maxBytes);
    const acquired = await memory.acquire(mostBytes, { signal, fairnessKey, waitMs: MEMORY_WAIT_MS });
    if (!acquired) throw new WholeFileMissing(NO_MEMORY);
    this.reserved = mostBytes;
    const came = await fetcher.fetchWhole(url, start, mostBytes, { signal, fairnessKey });
    if (Buffer.isBuffer(came)) return came;
    throw new WholeFileMissing(came);
  }
}

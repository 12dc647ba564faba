/** Limits of fetching, for one process. */
export interface FetchingOptions {
  /** Downloads in flight, and those to one host. */
  readonly concurrency: number;
  readonly hostConcurrency: number;
  /** Milliseconds for one try, redirects and further ranges included; waiting for a slot is not. */
  readonly timeoutMs: number;
  /** Most bytes read of one image, and most image bytes held at a time by all downloads together. */
  readonly maxBytes: number;
  readonly memoryBytes: number;
  readonly userAgent: string;
}

export const FETCHING_OPTIONS = Symbol('FETCHING_OPTIONS');

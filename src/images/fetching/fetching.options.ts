import { option, text, type Values, whole } from '../../options/option.js';
import { DAY_MS, GIB, MIB, TIB } from '../../options/units.js';
import type { FetchObserver } from './fetch-observer.js';

const headerValue = text((value) => /^[\x20-\x7e]+$/.test(value), 'printable ASCII characters');

// prettier-ignore
export const FETCHING_TABLE = {
  concurrency: option('IMAGE_CONCURRENCY', 256, whole(1, 10_000), 'Upper limit of downloads in flight in one process.'),
  hostConcurrency: option('IMAGE_HOST_CONCURRENCY', 128, whole(1, 10_000), 'Upper limit of downloads in flight to one host. Each host has its own limit, which adapts below that.'),
  timeoutMs: option('IMAGE_TIMEOUT_MS', 10_000, whole(1, DAY_MS), 'Time for one attempt at an image, redirects and further ranges included, in milliseconds. Waiting for a slot does not count.'),
  maxBytes: option('IMAGE_MAX_BYTES', 26_214_400, whole(1024, GIB), 'Maximum number of bytes read of one image in one attempt.'),
  memoryBytes: option('IMAGE_MEMORY_BYTES', 134_217_728, whole(MIB, TIB, 'maxBytes'), 'Maximum number of bytes of images that all downloads of a process hold at a time.'),
  userAgent: option('IMAGE_USER_AGENT', 'shelfline', headerValue, 'The `User-Agent` header of requests for images and of callbacks.'),
};

/** Limits of fetching in one process. */
export type FetchingOptions = Values<typeof FETCHING_TABLE> & {
  /** A host that refuses everything for this long fails its images, in milliseconds. */
  readonly hostPatienceMs?: number;
  readonly observer?: FetchObserver;
};

export const FETCHING_OPTIONS = Symbol('FETCHING_OPTIONS');

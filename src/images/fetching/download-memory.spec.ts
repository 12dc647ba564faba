import { describe, expect, it } from '@jest/globals';
import { downloadsAtOnce, HELD_BYTES, toMemoryShares } from './download-memory.js';
import { FETCHING_TABLE, type FetchingOptions } from './fetching.options.js';

const { concurrency, hostConcurrency, timeoutMs, maxBytes, memoryBytes } = FETCHING_TABLE;

const DEFAULTS: FetchingOptions = {
  concurrency: concurrency.default,
  hostConcurrency: hostConcurrency.default,
  timeoutMs: timeoutMs.default,
  maxBytes: maxBytes.default,
  memoryBytes: memoryBytes.default,
  userAgent: 'shelfline/test',
};

describe('downloads that run at once', () => {
  it('are by default as many as IMAGE_CONCURRENCY allows, also if half of the memory is for analyzers', () => {
    expect(downloadsAtOnce(DEFAULTS)).toBe(256);
    expect(downloadsAtOnce(DEFAULTS, toMemoryShares(DEFAULTS).downloads)).toBe(256);
  });

  it('are fewer if they could hold more than their memory, but at least one', () => {
    expect(downloadsAtOnce(DEFAULTS, 10 * HELD_BYTES + 1)).toBe(10);
    expect(downloadsAtOnce(DEFAULTS, 1)).toBe(1);
  });
});

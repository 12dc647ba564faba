import { expect, it } from '@jest/globals';
import type { FailedImage } from './image-outcome.js';
import { LateFaults } from './late-faults.js';

const FAULT: FailedImage = {
  kind: 'failed',
  code: 'timeout',
  reason: 'no answer',
  retryable: true,
  retryAfterMs: null,
  contentLength: null,
};

it('a late fault is returned once', () => {
  const late = new LateFaults();
  late.keep('a', FAULT);
  expect(late.remove('b')).toBeUndefined();
  expect(late.remove('a')).toBe(FAULT);
  expect(late.remove('a')).toBeUndefined();
});

it('a late fault is forgotten after a minute', () => {
  let now = 0;
  const late = new LateFaults(() => now);
  late.keep('a', FAULT);
  late.keep('b', FAULT);
  now = 60_000;
  expect(late.remove('a')).toBe(FAULT);
  now = 60_001;
  expect(late.remove('b')).toBeUndefined();
  expect(late.size).toBe(0);
});

it('no more than a thousand late faults are kept, the latest ones', () => {
  const late = new LateFaults();
  for (let n = 0; n <= 1_000; n += 1) late.keep(String(n), FAULT);
  expect(late.size).toBe(1_000);
  expect(late.remove('0')).toBeUndefined();
  expect(late.remove('1000')).toBe(FAULT);
});

import { describe, expect, it } from '@jest/globals';
import type { FailedImage, HeldImage, MeasuredImage } from '../images/fetching/image-outcome.js';
import { resultOf } from './image-result.js';

const OPTIONS = { maxAttempts: 3, retryBaseMs: 1_000, hostPatienceMs: 60_000 };
/** How long ago the image was read, in milliseconds. */
const SINCE = 40;
const IMAGE = {
  seq: 17,
  url: 'https://a.test/1.jpg',
  attempts: 0,
  held_ms: null,
  refusals: 0,
  refused_ms: 0,
};

const MEASURED: MeasuredImage = {
  kind: 'measured',
  width: 550,
  height: 368,
  format: 'jpg',
  mime: 'image/jpeg',
  orientation: 6,
  contentLength: 30_320,
};
const FAILED: FailedImage = {
  kind: 'failed',
  code: 'timeout',
  reason: 'no answer within 10 s',
  retryable: true,
  retryAfterMs: null,
  contentLength: null,
};
const NOTHING_MEASURED = {
  width: null,
  height: null,
  perimeter: null,
  format: null,
  mime: null,
  orientation: null,
};

describe('what is written of one try', () => {
  it('is the size with its perimeter', () => {
    expect(resultOf(IMAGE, MEASURED, OPTIONS, SINCE)).toEqual({
      seq: 17,
      status: 'succeeded',
      attempted: true,
      held: false,
      width: 550,
      height: 368,
      perimeter: 1836,
      format: 'jpg',
      mime: 'image/jpeg',
      orientation: 6,
      content_length: 30_320,
      pause_ms: null,
      error: null,
      error_code: null,
    });
  });

  it('is a failure for good where the fault will not pass', () => {
    const failed: FailedImage = {
      ...FAILED,
      code: 'not_an_image',
      reason: 'the file is empty',
      retryable: false,
      contentLength: 0,
    };
    expect(resultOf(IMAGE, failed, OPTIONS, SINCE)).toEqual({
      seq: 17,
      status: 'failed',
      attempted: true,
      held: false,
      ...NOTHING_MEASURED,
      content_length: 0,
      pause_ms: null,
      error: 'the file is empty',
      error_code: 'not_an_image',
    });
  });

  it('is a later try where it may, with the fault of this one', () => {
    const result = resultOf(IMAGE, FAILED, OPTIONS, SINCE);
    expect(result).toMatchObject({
      status: 'pending',
      ...NOTHING_MEASURED,
      error: FAILED.reason,
      error_code: 'timeout',
    });
    expect(result.pause_ms).toBeGreaterThanOrEqual(750);
    expect(result.pause_ms).toBeLessThanOrEqual(1_250);
  });

  it('is a later try no sooner than the host asks for', () => {
    const result = resultOf(IMAGE, { ...FAILED, retryAfterMs: 60_000 }, OPTIONS, SINCE);
    expect(result.pause_ms).toBe(60_000);
  });

  it.each([
    [0, 'pending'],
    [1, 'pending'],
    [2, 'failed'],
    [3, 'failed'],
  ])('is, of three tries and after %d, %s', (attempts, status) => {
    const result = resultOf({ ...IMAGE, attempts }, FAILED, OPTIONS, SINCE);
    expect(result.status).toBe(status);
    expect(result.pause_ms === null).toBe(status === 'failed');
  });
});

describe('what is written of an image that is held', () => {
  const FAULT = { code: 'timeout', reason: 'no answer within 10 s' } as const;
  const HELD: HeldImage = { kind: 'held', afterMs: 8_000, fault: FAULT, contentLength: null };

  it('is no try, and a time for the next', () => {
    expect(resultOf(IMAGE, HELD, OPTIONS, SINCE)).toMatchObject({
      status: 'pending',
      attempted: false,
      pause_ms: 8_000,
      held: true,
    });
  });

  it('counts the time since it was first held, which it may wait for no longer than it has patience', () => {
    expect(resultOf({ ...IMAGE, held_ms: 55_000 - SINCE }, HELD, OPTIONS, SINCE)).toMatchObject({
      status: 'pending',
      pause_ms: 5_000,
      held: true,
    });
  });

  it('is, when that is over, a failure with the last fault of the host', () => {
    expect(resultOf({ ...IMAGE, held_ms: 60_000 - SINCE }, HELD, OPTIONS, SINCE)).toMatchObject({
      status: 'failed',
      attempted: false,
      pause_ms: null,
      error: 'the host failed again and again, last: no answer within 10 s',
      error_code: 'timeout',
    });
  });

  it('is patience without end where its host is merely slow to give slots back', () => {
    const result = resultOf({ ...IMAGE, held_ms: 600_000 }, { ...HELD, fault: null }, OPTIONS, SINCE);
    expect(result).toMatchObject({ status: 'pending', error: null, error_code: null });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { FailedImage, MeasuredImage } from '../images/fetching/image-outcome.js';
import { resultOf } from './image-result.js';

const OPTIONS = { maxAttempts: 3, retryBaseMs: 1_000 };
const NOW = new Date('2026-03-02T10:00:00Z');
const IMAGE = { seq: 17, url: 'https://a.test/1.jpg', attempts: 0 };

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
    expect(resultOf(IMAGE, MEASURED, OPTIONS, NOW)).toEqual({
      seq: 17,
      status: 'succeeded',
      width: 550,
      height: 368,
      perimeter: 1836,
      format: 'jpg',
      mime: 'image/jpeg',
      orientation: 6,
      content_length: 30_320,
      next_attempt_at: null,
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
    expect(resultOf(IMAGE, failed, OPTIONS, NOW)).toEqual({
      seq: 17,
      status: 'failed',
      ...NOTHING_MEASURED,
      content_length: 0,
      next_attempt_at: null,
      error: 'the file is empty',
      error_code: 'not_an_image',
    });
  });

  it('is a later try where it may, with the fault of this one', () => {
    const result = resultOf(IMAGE, FAILED, OPTIONS, NOW);
    expect(result).toMatchObject({
      status: 'pending',
      ...NOTHING_MEASURED,
      error: FAILED.reason,
      error_code: 'timeout',
    });
    const pause = (result.next_attempt_at?.getTime() ?? 0) - NOW.getTime();
    expect(pause >= 750 && pause <= 1_250).toBe(true);
  });

  it('is a later try no sooner than the host asks for', () => {
    const result = resultOf(IMAGE, { ...FAILED, retryAfterMs: 60_000 }, OPTIONS, NOW);
    expect(result.next_attempt_at).toEqual(new Date(NOW.getTime() + 60_000));
  });

  it.each([
    [0, 'pending'],
    [1, 'pending'],
    [2, 'failed'],
    [3, 'failed'],
  ])('is, of three tries and after %d, %s', (attempts, status) => {
    const result = resultOf({ ...IMAGE, attempts }, FAILED, OPTIONS, NOW);
    expect(result.status).toBe(status);
    expect(result.next_attempt_at === null).toBe(status === 'failed');
  });
});

import { describe, expect, it } from '@jest/globals';
import type {
  FailedImage,
  DeferredImage,
  MeasuredImage,
  RefusedImage,
} from '../images/fetching/image-outcome.js';
import { toImageResult } from './image-result.js';

const OPTIONS = { maxAttempts: 3, retryBaseMs: 1_000, hostPatienceMs: 60_000 };
/** Time since the image was read, in milliseconds. */
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

describe('the result of an attempt', () => {
  it('is the size with its perimeter', () => {
    expect(toImageResult(IMAGE, MEASURED, OPTIONS, SINCE)).toEqual({
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

  it('is a failure if the fault is permanent', () => {
    const failed: FailedImage = {
      ...FAILED,
      code: 'not_an_image',
      reason: 'the file is empty',
      retryable: false,
      contentLength: 0,
    };
    expect(toImageResult(IMAGE, failed, OPTIONS, SINCE)).toEqual({
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

  it('is a later attempt if the fault is temporary, with the fault of this one', () => {
    const result = toImageResult(IMAGE, FAILED, OPTIONS, SINCE);
    expect(result).toMatchObject({
      status: 'pending',
      ...NOTHING_MEASURED,
      error: FAILED.reason,
      error_code: 'timeout',
    });
    expect(result.pause_ms).toBeGreaterThanOrEqual(750);
    expect(result.pause_ms).toBeLessThanOrEqual(1_250);
  });

  it('is a later attempt no sooner than the host asks for', () => {
    const result = toImageResult(IMAGE, { ...FAILED, retryAfterMs: 60_000 }, OPTIONS, SINCE);
    expect(result.pause_ms).toBe(60_000);
  });

  it.each([
    [0, 'pending'],
    [1, 'pending'],
    [2, 'failed'],
    [3, 'failed'],
  ])('is, of three tries and after %d, %s', (attempts, status) => {
    const result = toImageResult({ ...IMAGE, attempts }, FAILED, OPTIONS, SINCE);
    expect(result.status).toBe(status);
    expect(result.pause_ms === null).toBe(status === 'failed');
  });
});

describe('the result of a deferred image', () => {
  const FAULT = { code: 'timeout', reason: 'no answer within 10 s' } as const;
  const DEFERRED: DeferredImage = { kind: 'deferred', afterMs: 8_000, fault: FAULT, contentLength: null };

  it('is no attempt, and a time for the next', () => {
    expect(toImageResult(IMAGE, DEFERRED, OPTIONS, SINCE)).toMatchObject({
      status: 'pending',
      attempted: false,
      pause_ms: 8_000,
      held: true,
    });
  });

  it('waits no longer than hostPatienceMs since it was first deferred', () => {
    expect(toImageResult({ ...IMAGE, held_ms: 55_000 - SINCE }, DEFERRED, OPTIONS, SINCE)).toMatchObject({
      status: 'pending',
      pause_ms: 5_000,
      held: false,
    });
  });

  it('is a failure with the last fault of the host after that', () => {
    expect(toImageResult({ ...IMAGE, held_ms: 60_000 - SINCE }, DEFERRED, OPTIONS, SINCE)).toMatchObject({
      status: 'failed',
      attempted: false,
      pause_ms: null,
      error: 'the host failed again and again, last: no answer within 10 s',
      error_code: 'timeout',
    });
  });

  it('waits without a limit if its host is only slow to free slots', () => {
    const result = toImageResult(
      { ...IMAGE, held_ms: 600_000 },
      { ...DEFERRED, fault: null },
      OPTIONS,
      SINCE,
    );
    expect(result).toMatchObject({ status: 'pending', error: null, error_code: null });
  });
});

describe('the result of an image that its host refused', () => {
  const REFUSED: RefusedImage = {
    kind: 'refused',
    code: 'throttled',
    reason: 'the host answered 429 Too Many Requests',
    afterMs: 500,
    contentLength: null,
  };

  it('is no attempt: it waits, and the refusal is counted', () => {
    expect(toImageResult(IMAGE, REFUSED, OPTIONS, SINCE)).toMatchObject({
      status: 'pending',
      attempted: false,
      refused: true,
      pause_ms: 1_000,
      error_code: 'throttled',
      error: 'the host answered 429 Too Many Requests',
    });
  });

  it('waits as long as its host asks, and longer each time, up to a tenth of hostPatienceMs', () => {
    const pause = (refusals: number, afterMs: number): unknown =>
      toImageResult({ ...IMAGE, refusals }, { ...REFUSED, afterMs }, OPTIONS, SINCE).pause_ms;
    expect(pause(0, 30_000)).toBe(30_000);
    expect([1, 2, 3, 8].map((refusals) => pause(refusals, 500))).toEqual([2_000, 4_000, 6_000, 6_000]);
    expect(pause(0, 10_000_000)).toBe(600_000);
  });

  it.each([
    [8, 60_000, 'pending'],
    [9, 60_000 - SINCE - 1, 'pending'],
    [9, 60_000 - SINCE, 'failed'],
    [30, 60_000, 'failed'],
  ])(
    'fails after ten refusals that are spread over the patience: %d before, %d ms',
    (refusals, ms, status) => {
      const result = toImageResult({ ...IMAGE, refusals, refused_ms: ms }, REFUSED, OPTIONS, SINCE);
      expect(result).toMatchObject({ status, attempted: false, refused: true });
      expect(result.error).toBe(`the host answered 429 Too Many Requests ${refusals + 1} times`);
    },
  );

  it('fails if its host has served nothing for hostPatienceMs, even if it was never refused itself', () => {
    expect(toImageResult(IMAGE, { ...REFUSED, afterMs: null }, OPTIONS, SINCE)).toMatchObject({
      status: 'failed',
      attempted: false,
      pause_ms: null,
      error_code: 'throttled',
      error: 'the host answered 429 Too Many Requests, and has served nothing for 60 s',
    });
  });
});

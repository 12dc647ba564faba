import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PausableTimer } from './pausable-timer.js';

describe('a timer that can be paused', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs only while it is not paused', () => {
    const expire = jest.fn();
    const timer = new PausableTimer(100, expire);
    jest.advanceTimersByTime(1_000);
    timer.resume();
    jest.advanceTimersByTime(60);
    timer.pause();
    timer.pause();
    jest.advanceTimersByTime(1_000);
    timer.resume();
    jest.advanceTimersByTime(1_000);
    expect([expire.mock.calls.length, timer.spentMs]).toEqual([0, 60]);
    timer.resume();
    jest.advanceTimersByTime(39);
    expect(expire).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(expire).toHaveBeenCalledTimes(1);
  });

  it('does not expire once it was ended', () => {
    const expire = jest.fn();
    const timer = new PausableTimer(100, expire);
    timer.resume();
    timer.end();
    timer.pause();
    timer.resume();
    jest.advanceTimersByTime(1_000);
    expect(expire).not.toHaveBeenCalled();
  });

  it('extends the time for a suspended process, up to the limit', () => {
    const expire = jest.fn();
    const timer = new PausableTimer(100, expire, 1);
    timer.resume();
    // The clock goes on, and no timer is called: what a frozen process sees.
    jest.setSystemTime(400);
    const frozen = jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    try {
      jest.runOnlyPendingTimers();
      expect(expire).not.toHaveBeenCalled();
      jest.setSystemTime(2_000);
      jest.runOnlyPendingTimers();
      expect(expire).toHaveBeenCalledTimes(1);
    } finally {
      frozen.mockRestore();
    }
  });
});

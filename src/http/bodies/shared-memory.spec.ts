import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../errors/api-error.js';
import { SharedMemory } from './shared-memory.js';

describe('memory that callers share', () => {
  it('is full for the caller that holds the most of it', () => {
    const memory = new SharedMemory(100);
    expect(memory.open('a').grow(60)).toBe(true);
    const second = memory.open('a');
    expect([second.grow(40), second.grow(1), second.bytes]).toEqual([true, false, 40]);
  });

  it('goes from the caller that holds the most, which loses its oldest waiting body, to another caller', () => {
    const memory = new SharedMemory(100);
    const [old, young] = [memory.open('a'), memory.open('a')];
    expect([old.grow(50), young.grow(50)]).toEqual([true, true]);
    const other = memory.open('b');
    expect(other.grow(30)).toBe(true);
    expect([old.evicted.aborted, young.evicted.aborted]).toEqual([true, false]);
    expect(old.evicted.reason).toBeInstanceOf(ApiError);
    expect(old.evicted.reason).toMatchObject({ status: 429, code: 'busy' });
    // There is room for 20 more, and neither gives way to the other for more than that.
    expect([other.grow(21), young.grow(21), other.grow(20)]).toEqual([false, false, true]);
    expect(old.grow(1)).toBe(false);
  });

  it('stays with a body that is being processed', () => {
    const memory = new SharedMemory(100);
    const kept = memory.open('a');
    kept.grow(90);
    kept.keep();
    expect([memory.open('b').grow(20), kept.evicted.aborted]).toEqual([false, false]);
  });

  it('is free once it is released, and releasing it again changes nothing', () => {
    const memory = new SharedMemory(100);
    const first = memory.open('a');
    first.grow(90);
    const second = memory.open('a');
    expect(second.grow(20)).toBe(false);
    first.release();
    first.release();
    expect([second.grow(100), memory.open('a').grow(1)]).toEqual([true, false]);
  });

  it('allows a single body that is larger than the limit', () => {
    const memory = new SharedMemory(100);
    expect(memory.open('a').grow(150)).toBe(true);
  });
});

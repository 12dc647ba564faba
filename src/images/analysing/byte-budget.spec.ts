import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.js';

const LONG_MS = 60_000;

describe('a budget of bytes', () => {
  it('gives what there is, first to who came first', async () => {
    const budget = new ByteBudget(100);
    const { signal } = new AbortController();
    expect(budget.tryTake(60)).toBe(true);
    expect(budget.tryTake(60)).toBe(false);
    const order: string[] = [];
    const large = budget.take(90, LONG_MS, signal).then(() => order.push('large'));
    const small = budget.take(10, LONG_MS, signal).then(() => order.push('small'));
    // There is room for it, and others wait.
    expect(budget.tryTake(10)).toBe(false);
    budget.release(60);
    await Promise.all([large, small]);
    expect([order, budget.bytes]).toEqual([['large', 'small'], 100]);
  });

  it('lets what is larger than all of it be held alone', async () => {
    const budget = new ByteBudget(100);
    expect(budget.tryTake(1)).toBe(true);
    const huge = budget.take(500, LONG_MS, new AbortController().signal);
    budget.release(1);
    expect([await huge, budget.tryTake(1), budget.bytes]).toEqual([true, false, 500]);
    budget.release(500);
    expect(budget.bytes).toBe(0);
  });

  it('takes nothing for who gives up, and lets the next go on', async () => {
    const budget = new ByteBudget(100);
    const abort = new AbortController();
    budget.tryTake(50);
    const impatient = budget.take(90, 1, new AbortController().signal);
    const gone = budget.take(90, LONG_MS, abort.signal);
    const next = budget.take(50, LONG_MS, new AbortController().signal);
    expect(await impatient).toBe(false);
    abort.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect([await next, budget.bytes]).toEqual([true, 100]);
    await expect(budget.take(1, LONG_MS, abort.signal)).rejects.toThrow('gone');
  });
});

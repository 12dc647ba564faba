import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BATCH_SIZE, toBatchTasks, getPriority } from './batches.js';

const ranges = (total: number, isPending: (seq: number) => boolean): [number, number][] =>
  toBatchTasks({ job: '7', run: 1, from: 0, to: total }, isPending).map(({ payload }) => [
    payload.from,
    payload.to,
  ]);

describe('the batches of a job', () => {
  it.each([
    [0, []],
    [1, [[0, 1]]],
    [200, [[0, 200]]],
    [
      201,
      [
        [0, 200],
        [200, 201],
      ],
    ],
    [
      450,
      [
        [0, 200],
        [200, 400],
        [400, 450],
      ],
    ],
  ])('of %d images are %j', (total, expected) => {
    expect(ranges(total, () => true)).toEqual(expected);
  });

  it('leave out the ranges in which nothing is pending', () => {
    expect(ranges(1_000, () => false)).toEqual([]);
    expect(ranges(1_000, (seq) => seq === 399)).toEqual([[200, 400]]);
    expect(ranges(1_000, (seq) => seq === 0 || seq === 999)).toEqual([
      [0, 200],
      [800, 1_000],
    ]);
  });

  it('name the job and its run', () => {
    expect(toBatchTasks({ job: '42', run: 3, from: 0, to: 5 }, () => true)).toEqual([
      { payload: { job: '42', run: 3, from: 0, to: 5 }, priority: 1 },
    ]);
  });

  it('may be those of a part of the job', () => {
    const tasks = toBatchTasks({ job: '42', run: 3, from: 5_000, to: 5_300 }, () => true);
    expect(tasks.map(({ payload, priority }) => [payload.from, payload.to, priority])).toEqual([
      [5_000, 5_200, -2],
      [5_200, 5_300, -2],
    ]);
  });

  it('hold every pending image once, and none is empty or beyond the job', () => {
    const aJob = fc.tuple(fc.nat({ max: 1_500 }), fc.array(fc.nat({ max: 1_499 }), { maxLength: 6 }));
    fc.assert(
      fc.property(aJob, ([total, places]) => {
        const pending = places.filter((seq) => seq < total);
        const found = ranges(total, (seq) => pending.includes(seq));
        for (const seq of pending)
          expect(found.filter(([from, to]) => seq >= from && seq < to)).toHaveLength(1);
        for (const [from, to] of found) {
          expect(from % BATCH_SIZE === 0 && to > from && to - from <= BATCH_SIZE && to <= total).toBe(true);
          expect(pending.some((seq) => seq >= from && seq < to)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the priority of a batch', () => {
  it.each([
    [0, 1, 1],
    [0, 199, 1],
    [0, 200, 0],
    [200, 201, 0],
    [1_800, 2_000, 0],
    [2_000, 2_001, -1],
    [3_800, 4_000, -1],
    [4_000, 4_200, -2],
    [1_000_000, 1_000_200, -500],
  ])('from image %d to before %d is %d', (from, to, priority) => {
    expect(getPriority({ from, to })).toBeCloseTo(priority);
  });

  it('is never higher further into a job', () => {
    const priorities = toBatchTasks({ job: '7', run: 1, from: 0, to: 20_000 }, () => true).map(
      (task) => task.priority,
    );
    expect(priorities).toEqual(priorities.toSorted((one, other) => Number(other) - Number(one)));
    expect(new Set(priorities).size).toBe(10);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ProgressLines, progressLine } from './progress.js';

const images = (succeeded: number, others: { failed?: number; skipped?: number } = {}) => {
  const { failed = 0, skipped = 0 } = others;
  return { total: 1200, pending: 1200 - succeeded - failed - skipped, succeeded, failed, skipped };
};

describe('the line of progress', () => {
  it.each([
    [images(0), '0/1,200 images (0 %): 0 measured'],
    [images(1199), '1199/1,200 images (99 %): 1199 measured'],
    [images(600, { failed: 1, skipped: 2 }), '603/1,200 images (50 %): 600 measured, 1 failed, 2 skipped'],
    [{ total: 1, pending: 0, succeeded: 1, failed: 0, skipped: 0 }, '1/1 image (100 %): 1 measured'],
    [{ total: 0, pending: 0, succeeded: 0, failed: 0, skipped: 0 }, '0/0 images (100 %): 0 measured'],
  ])('%j', (counts, line) => {
    expect(progressLine(counts)).toBe(line);
  });
});

describe('plain lines of progress', () => {
  function shown(): { lines: string[]; progress: ProgressLines; pass: (ms: number) => void } {
    const lines: string[] = [];
    let now = 0;
    const progress = new ProgressLines(
      (line) => lines.push(line),
      () => now,
    );
    return { lines, progress, pass: (ms) => (now += ms) };
  }

  it('come every two seconds, and only where something changed', () => {
    const { lines, progress, pass } = shown();
    for (const [succeeded, ms] of [
      [0, 300],
      [5, 300],
      [9, 1_400],
      [9, 300],
      [9, 5_000],
      [10, 0],
    ] as const) {
      progress.progress(images(succeeded));
      pass(ms);
    }
    expect(lines).toEqual([progressLine(images(0)), progressLine(images(9)), progressLine(images(10))]);
  });

  it('report one problem once, and then the next', () => {
    const { lines, progress } = shown();
    progress.interrupted('gone');
    progress.interrupted('gone');
    progress.interrupted('slow\u001b[2J');
    progress.progress(images(1));
    progress.interrupted('gone');
    expect(lines).toEqual([
      'gone; trying again',
      'slow [2J; trying again',
      progressLine(images(1)),
      'gone; trying again',
    ]);
  });
});

import type { ImageRange } from '../images/images.repository.js';

/** The payload of a task: a range of images, and how often running it failed for a fault of ours. */
export interface Batch extends ImageRange {
  readonly faults?: number;
}

/** What a batch is called in the log: the first and the last of its images, as they are numbered in the job. */
export function toBatchName({ from, to }: Pick<ImageRange, 'from' | 'to'>): string {
  return `${from}-${to - 1}`;
}

/** The queue of the images that were given up for a fault of ours. Nobody works on it but people. */
export const DEAD_LETTER_QUEUE = 'images-dead-letters';

/** Which image was given up, and why. */
export interface DeadLetter {
  readonly job: string;
  readonly run: number;
  readonly seq: number;
  readonly error: string;
}

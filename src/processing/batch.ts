import type { ImageRange } from '../images/images.repository.js';

/** The payload of a task: a range of images, and how often it failed for an internal error. */
export interface Batch extends ImageRange {
  readonly faults?: number;
}

/** Name of a batch in the log: the numbers of its first and last image in the job. */
export function toBatchName({ from, to }: Pick<ImageRange, 'from' | 'to'>): string {
  return `${from}-${to - 1}`;
}

/** Queue of the images that failed for an internal error. It has no worker; operators read it. */
export const DEAD_LETTER_QUEUE = 'images-dead-letters';

/** An image that failed, and its error. */
export interface DeadLetter {
  readonly job: string;
  readonly run: number;
  readonly seq: number;
  readonly error: string;
}

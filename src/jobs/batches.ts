import type { ImageRange } from '../images/images.repository.js';
import type { NewTask } from '../queue/queue.service.js';

export const BATCH_QUEUE = 'images';

/** The number of images of one task. More images reduce the overhead per image, and fewer distribute the work better. */
export const BATCH_SIZE = 200;

/** The number of batches of a job with the same priority. */
const BATCHES_PER_PRIORITY = 10;
/** The priority of the single batch of a short job. */
export const SHORT_JOB_PRIORITY = 1;

/**
 * Returns the tasks of a range of images, which has to begin at the start of a batch. Batches without pending images are left out. Later batches have a
 * lower priority, so that a short job overtakes the rest of a long one.
 */
export function toBatchTasks(range: ImageRange, isPending: (seq: number) => boolean): NewTask<ImageRange>[] {
  const tasks: NewTask<ImageRange>[] = [];
  for (let from = range.from; from < range.to; from += BATCH_SIZE) {
    const to = Math.min(from + BATCH_SIZE, range.to);
    let seq = from;
    while (seq < to && !isPending(seq)) seq += 1;
    if (seq < to) tasks.push({ payload: { ...range, from, to }, priority: getPriority({ from, to }) });
  }
  return tasks;
}

/** Returns the priority of a batch. A larger priority is first. An incomplete first batch is a short job. */
export function getPriority({ from, to }: Pick<ImageRange, 'from' | 'to'>): number {
  if (from === 0 && to < BATCH_SIZE) return SHORT_JOB_PRIORITY;
  return 0 - Math.floor(from / BATCH_SIZE / BATCHES_PER_PRIORITY);
}

import type { ImageRange } from '../images/images.repository.js';
import type { NewTask } from '../queue/queue.service.js';

/** The queue of the batches. */
export const BATCH_QUEUE = 'images';

/** Images of one task: enough to make the task's own cost small, few enough to share the work among workers. */
export const BATCH_SIZE = 200;

/** Batches of a job that share one priority. */
const BATCHES_PER_PRIORITY = 10;
/** The priority of the only batch of a short job. */
export const SHORT_JOB_PRIORITY = 1;

/**
 * The tasks of a range of a job's images, which begins at the start of a batch: without the batches in which nothing is
 * pending. The further into a job, the lower the priority, so that a short job passes by the rest of a long one.
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

/** The priority of a batch. Larger goes first. One at the start that is not full is all there is of a short job. */
export function getPriority({ from, to }: Pick<ImageRange, 'from' | 'to'>): number {
  if (from === 0 && to < BATCH_SIZE) return SHORT_JOB_PRIORITY;
  return 0 - Math.floor(from / BATCH_SIZE / BATCHES_PER_PRIORITY);
}

import type { NewTask } from '../queue/queue.service.js';

/** The queue of the steps that update rows to the state of their job. */
export const SWEEP_QUEUE = 'sweeps';

/**
 * The number of images of one step, a multiple of the batch size. A step takes some hundredths of a second, in which other writes to the job wait.
 */
export const SWEEP_STEP = 2_000;

/** A step that updates the images of a cancelled or retried job, starting at `from`. */
export interface RowSweep {
  readonly kind: 'cancelled' | 'retried';
  readonly job: string;
  readonly run: number;
  readonly from: number;
}

/** A step that deletes the rows of a deleted job, starting at `from`: first its images, then its visits. */
export interface PurgeSweep {
  readonly kind: 'deleted_images' | 'deleted_visits';
  readonly job: string;
  readonly createdAt: string;
  readonly images: number;
  readonly visits: number;
  readonly from: number;
}

export type Sweep = RowSweep | PurgeSweep;

/** Makes the task of a step. A purge has a lower priority than a retry, because its rows are already invisible. */
export function toSweepTask(sweep: Sweep): NewTask<Sweep> {
  return { payload: sweep, priority: sweep.kind === 'cancelled' || sweep.kind === 'retried' ? 1 : 0 };
}

/** The data of a deleted job that the purge of its rows needs. */
export interface DeletedJob {
  readonly id: string;
  readonly created_at: Date;
  readonly total: number;
  readonly count: number;
}

/** Makes the task of the first step of a purge. */
export function toPurgeTask(job: DeletedJob): NewTask<Sweep> {
  return toSweepTask({
    kind: 'deleted_images',
    job: job.id,
    createdAt: job.created_at.toISOString(),
    images: job.total,
    visits: job.count,
    from: 0,
  });
}

import type { NewTask } from '../queue/queue.service.js';

/** The queue of the steps that bring rows after the state of their job. */
export const SWEEP_QUEUE = 'sweeps';

/**
 * Images of one step, a whole number of batches: some hundredths of a second's work, for which whoever else writes to the
 * job may have to wait.
 */
export const SWEEP_STEP = 2_000;

/** The images from `from` on have to be brought after a job that was cancelled or retried. */
export interface RowSweep {
  readonly kind: 'cancelled' | 'retried';
  readonly job: string;
  readonly run: number;
  readonly from: number;
}

/** The rows of a job that is gone have to go: first its images, then its visits, from `from` on. */
export interface PurgeSweep {
  readonly kind: 'deleted_images' | 'deleted_visits';
  readonly job: string;
  readonly createdAt: string;
  readonly images: number;
  readonly visits: number;
  readonly from: number;
}

export type Sweep = RowSweep | PurgeSweep;

/** The task of a step. Rows that nobody sees any more go when there is nothing else to do: a retry waits for no purge. */
export function toSweepTask(sweep: Sweep): NewTask<Sweep> {
  return { payload: sweep, priority: sweep.kind === 'cancelled' || sweep.kind === 'retried' ? 1 : 0 };
}

/** What a job's deletion needs to know of it, when its row is gone. */
export interface DeletedJob {
  readonly id: string;
  readonly created_at: Date;
  readonly total: number;
  readonly count: number;
}

/** The first step of a deletion. */
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

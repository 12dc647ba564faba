import { column, type Table, timeColumn } from '../http/tables/table.js';
import type { JobView } from './job-view.js';

/** Jobs as a table. */
export const JOB_TABLE: Table<JobView> = {
  columns: [
    column('job_id', (job) => job.job_id, 'job_20241116100000_8f14e45fceea167a5a36'),
    column('reference', (job) => job.reference, 'Week 46'),
    column('submitted_by', (job) => job.submitted_by, 'nightly-upload'),
    column('status', (job) => job.status, 'completed'),
    column('visits', (job) => job.count, 1),
    column('images', ({ images }) => images.total, 1),
    column('succeeded', ({ images }) => images.succeeded, 1),
    column('failed', ({ images }) => images.failed, 0),
    column('skipped', ({ images }) => images.skipped, 0),
    column('pending', ({ images }) => images.pending, 0),
    timeColumn('created_at', (job) => job.created_at, '2024-11-16T10:00:00.000Z'),
    timeColumn('started_at', (job) => job.started_at, '2024-11-16T10:00:00.080Z'),
    timeColumn('finished_at', (job) => job.finished_at, '2024-11-16T10:00:00.120Z'),
    column('metadata', ({ metadata }) =>
      Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata),
    ),
    column('callback_url', ({ callback }) => callback?.url ?? null),
    column('callback_state', ({ callback }) => callback?.state ?? null),
  ],
  toJson: (job) => job,
  countCharacters: ({ error }) => error.reduce((sum, entry) => sum + entry.error.length, 0),
};

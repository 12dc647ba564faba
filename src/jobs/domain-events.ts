import type { JobView } from './job-view.js';

/** The names of the events that are emitted on the application's `EventEmitter2`, such as for `@OnEvent(JOB_EVENTS.finished)`. */
export const JOB_EVENTS = {
  submitted: 'shelfline.job.submitted',
  progressed: 'shelfline.job.progressed',
  finished: 'shelfline.job.finished',
} as const;

/** The events that are emitted once they are committed, in the process that did it, and what listeners get. */
export interface JobEvents {
  /** A job was submitted, by a request or by code: in the process that accepted it. */
  'shelfline.job.submitted': JobSubmitted;
  /** Images of a job reached their final states: in the process that fetched them, some times a second for each batch. */
  'shelfline.job.progressed': JobProgressed;
  /** A job ended: in the process that fetched its last image, or cancelled it. It ends again after a retry. */
  'shelfline.job.finished': JobFinished;
  /** @deprecated Use `shelfline.job.submitted`. Both are emitted in this release. */
  'job.submitted': JobSubmitted;
  /** @deprecated Use `shelfline.job.progressed`. Both are emitted in this release. */
  'job.progressed': JobProgressed;
  /** @deprecated Use `shelfline.job.finished`. Both are emitted in this release. */
  'job.finished': JobFinished;
}

export interface JobSubmitted extends Pick<
  JobView,
  'job_id' | 'reference' | 'metadata' | 'submitted_by' | 'count'
> {
  readonly images: Pick<JobView['images'], 'total'>;
}

export type JobProgressed = Pick<JobView, 'job_id' | 'images'>;

/** The job, as `GET /api/jobs/{job_id}` shows it. */
export type JobFinished = JobView;

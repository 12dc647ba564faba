import type { JobView } from './job-view.js';

/** What is told of on the application's `EventEmitter2`, once it is committed, in the process that did it. */
export interface JobEvents {
  /** A job was submitted, by a request or by code: in the process that took it. */
  'job.submitted': JobSubmitted;
  /** Images of a job came to their final states: in the process that fetched them, some times a second for each batch. */
  'job.progressed': JobProgressed;
  /** A job ended: in the process that fetched its last image, or cancelled it. It ends again after a retry. */
  'job.finished': JobFinished;
}

export interface JobSubmitted extends Pick<JobView, 'job_id' | 'reference' | 'submitted_by' | 'count'> {
  readonly images: Pick<JobView['images'], 'total'>;
}

export type JobProgressed = Pick<JobView, 'job_id' | 'images'>;

/** The job, as `GET /api/jobs/{job_id}` shows it. */
export type JobFinished = JobView;

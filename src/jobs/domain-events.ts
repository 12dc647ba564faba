import type { JobView } from './job-view.js';

/** The names of the events on the `EventEmitter2` of the application, such as for `@OnEvent(JOB_EVENTS.finished)`. */
export const JOB_EVENTS = {
  submitted: 'shelfline.job.submitted',
  progressed: 'shelfline.job.progressed',
  finished: 'shelfline.job.finished',
} as const;

/** The events and their payloads. An event is emitted after the commit, in the process that made the change. */
export interface JobEvents {
  /** A job was submitted by a request or by code. Emitted in the process that accepted it. */
  'shelfline.job.submitted': JobSubmitted;
  /** Images of a job reached their final states. Emitted in the process that fetched them, several times a second per batch. */
  'shelfline.job.progressed': JobProgressed;
  /** A job ended. Emitted in the process that fetched its last image or cancelled it. A job ends again after a retry. */
  'shelfline.job.finished': JobFinished;
  /** @deprecated Use `shelfline.job.submitted`. Both are emitted in this release. */
  'job.submitted': JobSubmitted;
  /** @deprecated Use `shelfline.job.progressed`. Both are emitted in this release. */
  'job.progressed': JobProgressed;
  /** @deprecated Use `shelfline.job.finished`. Both are emitted in this release. */
  'job.finished': JobFinished;
}

/** Of which instance of the module an event is. */
export interface OfInstance {
  /** The name of the instance; absent if it has none. */
  readonly instance?: string;
}

export interface JobSubmitted
  extends OfInstance, Pick<JobView, 'job_id' | 'reference' | 'metadata' | 'submitted_by' | 'count'> {
  readonly images: Pick<JobView['images'], 'total'>;
}

export type JobProgressed = OfInstance & Pick<JobView, 'job_id' | 'images'>;

/** The job as in `GET /api/jobs/{job_id}`. */
export type JobFinished = OfInstance & JobView;

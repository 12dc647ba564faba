import type { JobsObserver } from './jobs-observer.js';

/** Limits of a submission, and who is told of the ends of jobs. */
export interface JobsOptions {
  /** Most images of one job. */
  readonly maxImages: number;
  readonly observer?: JobsObserver;
}

export const JOBS_OPTIONS = Symbol('JOBS_OPTIONS');

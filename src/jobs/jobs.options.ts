import { option, type Values, whole } from '../options/option.js';
import type { JobsObserver } from './jobs-observer.js';

// prettier-ignore
export const JOBS_TABLE = {
  maxImages: option('MAX_IMAGES_PER_JOB', 1_000_000, whole(1, 100_000_000), 'Maximum number of images of one job.'),
  retentionDays: option('JOB_RETENTION_DAYS', 0, whole(0, 36_500), 'Days that a job is kept after its end; `0` keeps it.'),
};

/** Limits of a submission, the retention of jobs, and the observer of their ends. */
export type JobsOptions = Values<typeof JOBS_TABLE> & { readonly observer?: JobsObserver };

export const JOBS_OPTIONS = Symbol('JOBS_OPTIONS');

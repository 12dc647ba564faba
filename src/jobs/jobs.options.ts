/** Limits of a submission. */
export interface JobsOptions {
  /** Most images of one job. */
  readonly maxImages: number;
}

export const JOBS_OPTIONS = Symbol('JOBS_OPTIONS');

import type { JobOutcome } from './job.entity.js';

/** Called after each end of a job is committed. It must not throw. */
export interface JobsObserver {
  jobEnded(outcome: JobOutcome): void;
}

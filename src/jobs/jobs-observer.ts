import type { JobOutcome } from './job.entity.js';

/** Is told of each end of a job, once it is committed. It must not throw. */
export interface JobsObserver {
  jobEnded(outcome: JobOutcome): void;
}

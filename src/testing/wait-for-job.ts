import { setTimeout as pause } from 'node:timers/promises';
import type { JobView } from '../jobs/job-view.js';
import type { JobsService } from '../jobs/jobs.service.js';

/** Pause between two reads of the job, in milliseconds. */
const POLL_MS = 25;

/** Options of {@link waitForJob}. */
export interface WaitForJobOptions {
  /** Longest wait, in milliseconds. The default is 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Resolves with a job once it has ended, in whatever process its images are processed. It is meant for tests: an
 * application listens to `JOB_EVENTS.finished` or has a webhook sent.
 *
 * @throws NotFoundError if there is no such job; Error with the job's counts if it does not end in time
 */
export async function waitForJob(
  jobs: Pick<JobsService, 'get'>,
  jobId: string,
  { timeoutMs = 30_000 }: WaitForJobOptions = {},
): Promise<JobView> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const job = await jobs.get(jobId);
    if (job.status !== 'ongoing') return job;
    if (performance.now() >= until)
      throw new Error(
        `the job ${jobId} has not ended within ${timeoutMs} ms: ${JSON.stringify(job.images)}. Is there a process with the role all or worker?`,
      );
    await pause(POLL_MS);
  }
}

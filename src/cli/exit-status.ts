import type { JobView } from '../jobs/job-view.js';

/** Exit statuses of the process. `docs/cli.md` lists them for scripts, so they must not change. */
export const EXIT = {
  /** Success. If the command waited for a job: it completed. */
  ok: 0,
  /** The job failed, or rows of a file were rejected. */
  failed: 1,
  /** Invalid options or files, or the server refused the request. */
  usage: 2,
  /** The job was cancelled. */
  cancelled: 3,
  /** The server cannot be reached, or failed. */
  unavailable: 4,
  /** An internal error. */
  internal: 70,
  /** Ctrl-C, by the convention of shells. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** The exit status for the end of a job. */
export function toExitStatus(job: Pick<JobView, 'status'>): ExitStatus {
  switch (job.status) {
    case 'failed':
      return EXIT.failed;
    case 'cancelled':
      return EXIT.cancelled;
    case 'completed':
    case 'ongoing':
      return EXIT.ok;
  }
}

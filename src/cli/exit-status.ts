import type { JobView } from '../jobs/job-view.js';

/** What the process ends with. `docs/cli.md` lists them for scripts, so their numbers stay. */
export const EXIT = {
  /** Done; of a job that was waited for: completed. */
  ok: 0,
  /** The job failed, or rows of a file were rejected. */
  failed: 1,
  /** Wrong options or files, or the server refused what was asked. */
  usage: 2,
  /** The job was cancelled. */
  cancelled: 3,
  /** The server can't be reached, or could not answer. */
  unavailable: 4,
  /** A fault of this program. */
  internal: 70,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** How a job ended, as an exit status. */
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

import type { NewTask } from '../../queue/queue.service.js';

/** The queue of the tasks that compare the images of ended jobs, and count their flags. */
export const FLAG_QUEUE = 'flags';

/** Compares the images of a job that has ended, starting at `from`, and then counts its flags. */
export interface FlagTask {
  readonly job: string;
  readonly run: number;
  readonly from: number;
}

export function toFlagTask(payload: FlagTask): NewTask<FlagTask> {
  return { payload };
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { ComparisonService } from '../../images/flags/comparison.service.js';
import { FLAG_CODES, type FlagCode, type FlagCounts, toCodes } from '../../images/flags/flag-codes.js';
import { QueueService } from '../../queue/queue.service.js';
import type { HeldTask, TaskHandler } from '../../queue/task-runner.js';
import { JobEnds } from '../job-ends.js';
import { FLAG_QUEUE, type FlagTask, toFlagTask } from './flag-task.js';
import { JobFlagsRepository, type UncountedJob } from './job-flags.repository.js';

/** Images that are compared at a time, in some hundredths of a second. */
const COMPARED_AT_ONCE = 2_000;
/** Images that one task compares. A task that was killed begins again. */
const COMPARED_PER_TASK = 20_000;
/** Images that one statement counts, in some milliseconds. */
const COUNTED_AT_ONCE = 10_000;

/**
 * Compares the images of a job that has ended with all others, in tasks that follow one another, and then counts its flags.
 * The end is published with the counts. A retry or a delete of the job ends this.
 */
@Injectable()
export class FlagProcessor implements TaskHandler<FlagTask> {
  constructor(
    private readonly database: Database,
    private readonly comparisons: ComparisonService,
    private readonly flags: JobFlagsRepository,
    private readonly ends: JobEnds,
    private readonly queue: QueueService,
  ) {}

  /** @throws an error of the database; the task is then retried, which changes nothing that was done */
  async run(task: HeldTask<FlagTask>): Promise<void> {
    const { job, run } = task.payload;
    const found = await this.flags.findUncounted(job, run);
    if (found === undefined) return;
    const from = await this.compare(task, found);
    if (from < found.total) return this.handOver(task, from);
    const counts = await this.count(job, found.total);
    task.signal.throwIfAborted();
    await this.database.transaction(async (transaction) => {
      if (!(await task.complete(transaction))) return;
      const jobId = await this.flags.finish(transaction, job, run, counts);
      if (jobId !== undefined) await this.ends.publish(transaction, jobId);
    });
  }

  about({ job, from }: FlagTask): Readonly<Record<string, unknown>> {
    return { job, from };
  }

  /** Compares images until the work of one task is done, or the process stops. Returns where the next task begins. */
  private async compare(
    { payload, signal, stopping }: HeldTask<FlagTask>,
    { total, compared_run }: UncountedJob,
  ): Promise<number> {
    const end = Math.min(total, payload.from + COMPARED_PER_TASK);
    let { from } = payload;
    for (; from < end && !stopping.aborted; from += COMPARED_AT_ONCE) {
      signal.throwIfAborted();
      const to = Math.min(total, from + COMPARED_AT_ONCE);
      await this.comparisons.compare({ job: payload.job, from, to }, compared_run);
    }
    return from;
  }

  private async handOver(task: HeldTask<FlagTask>, from: number): Promise<void> {
    await this.database.transaction(async (transaction) => {
      if (!(await task.complete(transaction))) return;
      await this.queue.enqueue(FLAG_QUEUE, [toFlagTask({ ...task.payload, from })], transaction);
    });
  }

  /** Counts the flags in steps. Nothing is locked meanwhile. */
  private async count(job: string, total: number): Promise<FlagCounts> {
    const counts = new Map<FlagCode, number>();
    if (!(await this.flags.hasAny(job))) return {};
    for (let from = 0; from < total; from += COUNTED_AT_ONCE)
      for (const { flags, images } of await this.flags.count(job, from, from + COUNTED_AT_ONCE))
        for (const code of toCodes(flags)) counts.set(code, (counts.get(code) ?? 0) + images);
    return Object.fromEntries(
      FLAG_CODES.flatMap((code) => {
        const images = counts.get(code);
        return images === undefined ? [] : [[code, images]];
      }),
    );
  }
}

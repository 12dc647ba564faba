import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import { ImageSweepsRepository } from '../../images/image-sweeps.repository.js';
import { BATCH_QUEUE, toBatchTasks } from '../batches.js';
import { FailuresRepository } from '../failures/failures.repository.js';
import { JobControlRepository } from './job-control.repository.js';
import { JobEnds } from '../job-ends.js';
import {
  type PurgeSweep,
  type RowSweep,
  type Sweep,
  toSweepTask,
  SWEEP_QUEUE,
  SWEEP_STEP,
} from '../sweeps.js';
import { QueueService } from '../../queue/queue.service.js';
import type { HeldTask, TaskHandler } from '../../queue/task-runner.js';

/**
 * Updates the rows of visits and images after the state of their job changed, step by step. Each step is one
 * short transaction that also completes its task and enqueues the next one.
 */
@Injectable()
export class SweepProcessor implements TaskHandler<Sweep> {
  constructor(
    private readonly database: Database,
    private readonly control: JobControlRepository,
    private readonly images: ImageSweepsRepository,
    private readonly failures: FailuresRepository,
    private readonly ends: JobEnds,
    private readonly queue: QueueService,
  ) {}

  /** @throws an error of the database; the task is then retried, and nothing of the step was done */
  async run(task: HeldTask<Sweep>): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const next = await this.step(transaction, task.payload);
      if (!(await task.complete(transaction)) || next === undefined) return;
      await this.queue.enqueue(SWEEP_QUEUE, [toSweepTask(next)], transaction);
    });
  }

  about({ kind, from }: Sweep): Readonly<Record<string, unknown>> {
    return { sweep: kind, from };
  }

  /** Does one step. Returns the next one. */
  private async step(transaction: Transaction, sweep: Sweep): Promise<Sweep | undefined> {
    switch (sweep.kind) {
      case 'cancelled':
      case 'retried':
        return this.followState(transaction, sweep);
      case 'deleted_images':
      case 'deleted_visits':
        return this.purge(transaction, sweep);
    }
  }

  private async followState(transaction: Transaction, sweep: RowSweep): Promise<Sweep | undefined> {
    const { job, run, from } = sweep;
    const status = sweep.kind === 'cancelled' ? 'cancelled' : 'ongoing';
    const total = await this.control.lock(transaction, job, run, status);
    // The job is in another state now, whose own sweep updates these rows.
    if (total === undefined) return undefined;
    const range = { job, run, from, to: Math.min(from + SWEEP_STEP, total) };
    if (from === 0) await this.failures.deleteEarlier(transaction, job, run);
    if (sweep.kind === 'cancelled') await this.images.skip(transaction, range);
    else await this.restart(transaction, range);
    if (range.to < total) return { ...sweep, from: range.to };
    await this.control.recordSweepDone(transaction, job);
    return undefined;
  }

  private async restart(
    transaction: Transaction,
    range: { job: string; run: number; from: number; to: number },
  ): Promise<void> {
    const visits = await this.control.lookUpStores(transaction, range);
    const { pending, skipped } = await this.images.restart(transaction, range);
    const ended = await this.control.countUnknown(transaction, range.job, { visits, skipped });
    if (ended !== undefined) await this.ends.announce(transaction, ended);
    const isPending = new Set(pending);
    const batches = toBatchTasks(range, (seq) => isPending.has(seq));
    if (batches.length > 0) await this.queue.enqueue(BATCH_QUEUE, batches, transaction);
  }

  private async purge(transaction: Transaction, sweep: PurgeSweep): Promise<Sweep | undefined> {
    const { job, from } = sweep;
    const to = from + SWEEP_STEP;
    if (sweep.kind === 'deleted_images') {
      await this.images.delete(transaction, { job, from, to });
      return to < sweep.images ? { ...sweep, from: to } : { ...sweep, kind: 'deleted_visits', from: 0 };
    }
    await this.control.deleteVisits(transaction, job, sweep.createdAt, { from, to });
    return to < sweep.visits ? { ...sweep, from: to } : undefined;
  }
}

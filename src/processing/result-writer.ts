import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import {
  type ImageRange,
  type ImageResult,
  ImagesRepository,
  type RecordedImages,
} from '../images/images.repository.js';
import { ComparisonRepository } from '../images/flags/comparison.repository.js';
import { DomainEvents } from '../events/domain-events.js';
import { JOB_EVENTS, type JobProgressed } from '../jobs/domain-events.js';
import { JobEnds } from '../jobs/job-ends.js';
import { toEndedJob, JobsRepository, type MovedJob } from '../jobs/jobs.repository.js';
import { JobMutex } from './job-mutex.js';

/**
 * Records results of a job's images, updates its counters, and ends the job with its last image. Results of a
 * job that was cancelled, retried or deleted in the meantime are dropped (see {@link write}).
 */
@Injectable()
export class ResultWriter {
  private readonly mutex = new JobMutex();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly images: ImagesRepository,
    private readonly comparisons: ComparisonRepository,
    private readonly ends: JobEnds,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Records results in one transaction, after all earlier writes for the job. Returns what changed.
   *
   * @param take returns the results when the transaction begins
   * @param settle further work in the same transaction
   */
  async commit(
    range: ImageRange,
    take: () => readonly ImageResult[],
    settle?: (transaction: Transaction) => Promise<void>,
  ): Promise<readonly RecordedImages[]> {
    return this.mutex.run(range.job, async () => {
      const results = take();
      if (results.length === 0 && settle === undefined) return [];
      return this.database.transaction(async (transaction) => {
        const recorded = await this.write(transaction, range, results);
        await settle?.(transaction);
        return recorded;
      });
    });
  }

  /**
   * Runs `settle` in a transaction, for a batch without results. It does not wait for other writes of the job.
   */
  async settle(settle: (transaction: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(settle);
  }

  /**
   * Records results. Returns what changed: nothing if the job was deleted, has ended, or is in another run.
   */
  async write(
    transaction: Transaction,
    range: ImageRange,
    results: readonly ImageResult[],
  ): Promise<readonly RecordedImages[]> {
    if (results.length === 0) return [];
    if (!(await this.jobs.lockOngoing(transaction, range.job, range.run))) return [];
    const recorded = await this.images.record(transaction, range, results);
    const flagged = results
      .filter(({ flags }) => flags !== undefined)
      .map(({ seq }) => ({ job: range.job, seq }));
    if (flagged.length > 0) await this.comparisons.markVisits(transaction, flagged);
    const moved = { succeeded: imagesIn(recorded, 'succeeded'), failed: imagesIn(recorded, 'failed') };
    if (moved.succeeded + moved.failed === 0) return recorded;
    const job = await this.jobs.moveCounters(transaction, range.job, moved);
    if (job !== undefined) transaction.onceCommitted(() => this.publishProgress(job));
    const ended = toEndedJob(job);
    if (ended !== undefined) await this.ends.announce(transaction, ended);
    return recorded;
  }

  private publishProgress({ job_id, total, pending, succeeded, failed, skipped }: MovedJob): void {
    const progress: JobProgressed = {
      job_id,
      images: { total, pending, succeeded, failed, skipped },
    };
    this.events.publish(JOB_EVENTS.progressed, progress);
  }
}

function imagesIn(recorded: readonly RecordedImages[], status: RecordedImages['status']): number {
  return recorded.reduce((sum, one) => sum + (one.status === status ? one.images : 0), 0);
}

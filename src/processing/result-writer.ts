import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { type ImageRange, type ImageResult, ImagesRepository } from '../images/images.repository.js';
import { JobEnds } from '../jobs/job-ends.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { JobTurns } from './job-turns.js';

/** Writes results of a job's images, moves its counters, and ends it with the last of them. */
@Injectable()
export class ResultWriter {
  private readonly turns = new JobTurns();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly images: ImagesRepository,
    private readonly ends: JobEnds,
  ) {}

  /**
   * Writes results in a transaction of their own, when it is the job's turn.
   *
   * @param take the results, as they are by then
   * @param settle what belongs into the same transaction
   */
  async commit(
    range: ImageRange,
    take: () => readonly ImageResult[],
    settle?: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.turns.take(range.job, async () => {
      const results = take();
      if (results.length === 0 && settle === undefined) return;
      await this.database.transaction(async (transaction) => {
        await this.write(transaction, range, results);
        await settle?.(transaction);
      });
    });
  }

  /** Changes nothing when the job is gone, has ended, or is in another run. */
  async write(transaction: Transaction, range: ImageRange, results: readonly ImageResult[]): Promise<void> {
    if (results.length === 0) return;
    if (!(await this.jobs.lockOngoing(transaction, range.job, range.run))) return;
    const now = new Date();
    const changed = await this.images.record(transaction, range, results, now);
    const moved = { succeeded: changed.get('succeeded') ?? 0, failed: changed.get('failed') ?? 0 };
    if (moved.succeeded + moved.failed === 0) return;
    const ended = await this.jobs.moveCounters(transaction, range.job, moved, now);
    if (ended !== undefined) await this.ends.announce(transaction, ended);
  }
}

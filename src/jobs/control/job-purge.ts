import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { QueueService } from '../../queue/queue.service.js';
import { SWEEP_QUEUE, toPurgeTask } from '../sweeps.js';
import { JobControlRepository } from './job-control.repository.js';

/** The maximum number of jobs that one transaction deletes. */
const PURGED_AT_ONCE = 100;

/** Deletes jobs that ended long ago. */
@Injectable()
export class JobPurge {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobControlRepository,
    private readonly queue: QueueService,
  ) {}

  /**
   * Deletes the jobs that ended at least `daysAgo` days ago, by the database's clock, in small transactions.
   * Returns their number.
   */
  async purgeEnded(daysAgo: number): Promise<number> {
    for (let purged = 0; ;) {
      const rows = await this.database.transaction(async (transaction) => {
        const deleted = await this.jobs.deleteEnded(transaction, daysAgo, PURGED_AT_ONCE);
        if (deleted.length > 0) await this.queue.enqueue(SWEEP_QUEUE, deleted.map(toPurgeTask), transaction);
        return deleted.length;
      });
      purged += rows;
      if (rows < PURGED_AT_ONCE) return purged;
    }
  }
}

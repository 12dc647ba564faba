import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';

/** A job of fewer images reads well by any plan. */
const LARGE_JOB = 5_000;

/**
 * What PostgreSQL plans by. A database that is new has no statistics until autovacuum comes by, a minute later or more: the
 * first large job would be read by scanning all of it (a page of 100 results took 100 ms instead of 5).
 */
@Injectable()
export class TableStatistics {
  private readonly logger = new Logger('TableStatistics');
  private areThere = false;

  constructor(private readonly database: Database) {}

  /** Makes the statistics after a large job was submitted, where there are none. Does nothing in a transaction, and fails for nobody. */
  async ensure(images: number): Promise<void> {
    if (this.areThere || images < LARGE_JOB) return;
    try {
      const [row] = await this.database.query<{ missing: boolean }>(
        `SELECT reltuples < $1 AS missing FROM pg_class WHERE oid = 'shelfline.image'::regclass`,
        [LARGE_JOB],
      );
      if (row?.missing === true) {
        await this.database.query(
          'ANALYZE shelfline.job, shelfline.job_store, shelfline.visit, shelfline.image',
        );
      }
      this.areThere = true;
    } catch (error) {
      this.logger.warn({
        event: 'statistics_missing',
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

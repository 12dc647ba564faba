import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';

/** A smaller job is read quickly with any plan. */
const LARGE_JOB = 5_000;

/**
 * Creates the statistics of the query planner. A new database has none until autovacuum runs after a minute or more. Until then, reading a page of the
 * first large job would scan all of its rows.
 */
@Injectable()
export class TableStatistics {
  private readonly logger = new Logger('TableStatistics');
  private areThere = false;

  constructor(private readonly database: Database) {}

  /** Creates missing statistics after a large job was submitted. Does nothing in a transaction. Never throws. */
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

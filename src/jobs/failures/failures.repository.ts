import { Injectable } from '@nestjs/common';
import { toArrayLiteral, toTextArrayLiteral } from '../../database/array-literal.js';
import { Database, type PreparedStatement, type Transaction } from '../../database/database.js';
import type { RecordedImages } from '../../images/images.repository.js';
import { toHostSql } from '../../images/url-host.js';
import { ALL_HOSTS, OTHER_HOSTS } from './job-failure.entity.js';

/** The maximum number of hosts of a run that are counted one by one. */
export const MAX_COUNTED_HOSTS = 1_000;
/** The maximum number of failures that a job lists. */
export const MAX_LISTED_FAILURES = 100;

/** A number of images of a job that failed for the same reason. */
export interface FailureRow {
  readonly error_code: string;
  /** {@link OTHER_HOSTS} for the hosts that are not counted one by one. */
  readonly host: string;
  readonly count: number;
  readonly url: string;
}

/** Of the run `$2` of the job `$1`. */
const OF_RUN = 'FROM shelfline.job_failure AS failure WHERE failure.job = $1 AND failure.run = $2';

/**
 * Hosts are counted one by one while there is room. Known hosts are counted only while a new one comes, and no longer once there is a row for others.
 * The job must not have failed images without a count, as those of an earlier version.
 */
const ADD: PreparedStatement = {
  name: 'shelfline_failures_add',
  text: `
    WITH moved AS (
      SELECT coalesce(nullif(u.host, '${ALL_HOSTS}'), '${OTHER_HOSTS}') AS host, u.error_code, u.images, u.first
        FROM unnest($3::text[], $4::text[], $5::int[], $6::int[]) AS u (host, error_code, images, first)),
    added AS (
      SELECT host, row_number() OVER (ORDER BY host) AS place
        FROM (SELECT DISTINCT host FROM moved) AS moved
       WHERE NOT EXISTS (SELECT ${OF_RUN} AND failure.host = moved.host)),
    room AS (
      SELECT CASE WHEN EXISTS (SELECT FROM added) AND NOT EXISTS (SELECT ${OF_RUN} AND failure.host = '${OTHER_HOSTS}')
                  THEN ${MAX_COUNTED_HOSTS} - (SELECT count(DISTINCT failure.host) ${OF_RUN} AND failure.host <> '${ALL_HOSTS}')
                  ELSE 0 END AS hosts)
    INSERT INTO shelfline.job_failure AS failure (job, run, host, error_code, count, example)
    SELECT $1, $2, placed.host, placed.error_code, sum(placed.images), min(placed.first)
      FROM (SELECT '${ALL_HOSTS}' AS host, error_code, images, first FROM moved
            UNION ALL
            SELECT CASE WHEN added.place > room.hosts THEN '${OTHER_HOSTS}' ELSE moved.host END,
                   moved.error_code, moved.images, moved.first
              FROM moved LEFT JOIN added ON added.host = moved.host CROSS JOIN room) AS placed
     WHERE (SELECT coalesce(sum(failure.count), 0) ${OF_RUN} AND failure.host = '${ALL_HOSTS}')
           = (SELECT failed FROM shelfline.job WHERE id = $1)
     GROUP BY placed.host, placed.error_code
    ON CONFLICT (job, run, host, error_code) DO UPDATE SET count = failure.count + excluded.count`,
};

/** Counts the failed images of jobs by error code and host. */
@Injectable()
export class FailuresRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds images that failed in this run to its numbers. The caller holds the lock of the job's row, and has not added them to the counters of the job
   * yet. It reads and writes a range of the primary key.
   */
  async add(
    transaction: Transaction,
    { job, run }: { readonly job: string; readonly run: number },
    failed: readonly RecordedImages[],
  ): Promise<void> {
    await transaction.run(ADD, [
      job,
      run,
      toTextArrayLiteral(failed.map(({ host }) => host)),
      toTextArrayLiteral(failed.map(({ error_code }) => error_code)),
      toArrayLiteral(failed.map(({ images }) => images)),
      toArrayLiteral(failed.map(({ first }) => first)),
    ]);
  }

  /**
   * Deletes the numbers of earlier runs, which nobody reads any more. They are at most those of {@link MAX_COUNTED_HOSTS} hosts.
   */
  async deleteEarlier(transaction: Transaction, job: string, run: number): Promise<void> {
    await transaction.query('DELETE FROM shelfline.job_failure WHERE job = $1 AND run < $2', [job, run]);
  }

  /**
   * The numbers of a job, the largest first, at most {@link MAX_LISTED_FAILURES}; undefined if the job does not exist. It reads a range of the primary
   * key, or `image_failed_by_code` for a run that an earlier version began.
   */
  async list(jobId: string): Promise<FailureRow[] | undefined> {
    const rows = await this.database.query<FailureRow | { readonly error_code: null }>(
      `SELECT failed.error_code, failed.host, failed.count, image.url
         FROM (SELECT id, run,
                      failed = (SELECT coalesce(sum(count), 0) FROM shelfline.job_failure
                                 WHERE job = job.id AND run = job.run AND host = '${ALL_HOSTS}') AS is_counted
                 FROM shelfline.job AS job WHERE job_id = $1) AS job
         LEFT JOIN LATERAL (
           (SELECT error_code, host, count, example FROM shelfline.job_failure
             WHERE job = job.id AND run = job.run AND host <> '${ALL_HOSTS}' AND job.is_counted)
           UNION ALL
           (SELECT error_code, ${toHostSql('url')}, count(*)::int, min(seq) FROM shelfline.image
             WHERE job = job.id AND run = job.run AND status = 'failed' AND error_code IS NOT NULL
               AND NOT job.is_counted
             GROUP BY 1, 2)
            ORDER BY count DESC, host, error_code LIMIT ${MAX_LISTED_FAILURES}) AS failed ON true
         LEFT JOIN shelfline.image AS image ON image.job = job.id AND image.seq = failed.example
        ORDER BY failed.count DESC, failed.host, failed.error_code`,
      [jobId],
    );
    return rows.length === 0 ? undefined : rows.filter((row): row is FailureRow => row.error_code !== null);
  }
}

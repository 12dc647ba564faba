import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { arrayOf, textArrayOf } from '../database/array-literal.js';
import { Database, type Transaction } from '../database/database.js';
import type { IdempotencyKey } from './idempotency.js';
import type { JobRow } from './job.entity.js';
import { type EndedJob, endedOf } from './jobs.repository.js';
import type { NewVisit } from './submission.js';

/** An idempotency key and what was submitted with it. */
export interface SubmittedOnce extends IdempotencyKey {
  readonly digest: string;
}

/** The number of the run that a submission begins. */
export const FIRST_RUN = 1;

/** Rows of one INSERT. */
const INSERT_ROWS = 5_000;

/** The rows that a submission makes of a job and its visits. */
@Injectable()
export class SubmissionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Makes the row of a job, under a number that was given to it before or a new one; its counters come with
   * {@link settle}. Undefined when there is a job with this key: `job_by_idempotency_key` lets one of several insert, and
   * the others wait until that one has committed.
   */
  async insert(
    transaction: Transaction,
    job: {
      id: string | undefined;
      jobId: string;
      reference: string | null;
      callbackUrl: string | null;
      count: number;
      total: number;
      createdAt: Date;
    },
    once: SubmittedOnce | undefined,
  ): Promise<string | undefined> {
    const [row] = await transaction.query<{ id: string }>(
      `INSERT INTO shelfline.job (id, job_id, reference, status, run, count, total, pending, succeeded, failed, skipped,
                                  unknown_visits, created_at, idempotency_caller, idempotency_key, submission_digest,
                                  callback_url)
       OVERRIDING SYSTEM VALUE
       VALUES (coalesce($9, nextval(pg_get_serial_sequence('shelfline.job', 'id'))),
               $1, $2, 'ongoing', ${FIRST_RUN}, $3, $4, $4, 0, 0, 0, 0, $5, $6, $7, $8, $10)
       ON CONFLICT (idempotency_caller, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
       RETURNING id`,
      [
        job.jobId,
        job.reference,
        job.count,
        job.total,
        job.createdAt,
        once?.caller ?? null,
        once?.key ?? null,
        once?.digest ?? null,
        job.id ?? null,
        job.callbackUrl,
      ],
    );
    return row?.id;
  }

  /** The job that was taken for a key. */
  async findByKey({ caller, key }: IdempotencyKey, within?: EntityManager): Promise<JobRow | undefined> {
    const [row] = await this.database
      .on(within)
      .query<JobRow>('SELECT * FROM shelfline.job WHERE idempotency_caller = $1 AND idempotency_key = $2', [
        caller,
        key,
      ]);
    return row;
  }

  /**
   * Inserts visits in their order, each joined with its store, the first of them with these numbers of its own and of its
   * first image. Returns the numbers of those to unknown stores.
   */
  async insertVisits(
    transaction: Transaction,
    job: string,
    from: { readonly visit: number; readonly image: number },
    visits: readonly NewVisit[],
  ): Promise<Set<number>> {
    const unknown = new Set<number>();
    let firstImage = from.image;
    for (let first = 0; first < visits.length; first += INSERT_ROWS) {
      const rows = visits.slice(first, first + INSERT_ROWS);
      const firstImages = rows.map(
        (visit) => (firstImage += visit.imageUrls.length) - visit.imageUrls.length,
      );
      const found = await transaction.query<{ seq: number }>(
        `WITH inserted AS (
           INSERT INTO shelfline.visit (job, seq, store_id, area_code, visit_time, unknown_store, first_image, image_count)
           SELECT $1, $2 + u.ordinality - 1, u.store_id, store.area_code, u.visit_time, store.store_id IS NULL,
                  u.first_image, u.image_count
             FROM unnest($3::text[], $4::timestamptz[], $5::int[], $6::int[])
                  WITH ORDINALITY AS u (store_id, visit_time, first_image, image_count, ordinality)
             LEFT JOIN shelfline.store AS store USING (store_id)
           RETURNING seq, unknown_store)
         SELECT seq FROM inserted WHERE unknown_store`,
        [
          job,
          from.visit + first,
          textArrayOf(rows.map((visit) => visit.storeId)),
          arrayOf(rows.map((visit) => visit.visitTime)),
          arrayOf(firstImages),
          arrayOf(rows.map((visit) => visit.imageUrls.length)),
        ],
      );
      for (const { seq } of found) unknown.add(seq);
    }
    return unknown;
  }

  /**
   * Fixes the counters once visits and images are in; a job with nothing to fetch ends here.
   *
   * @returns the job if it has ended
   */
  async settle(
    transaction: Transaction,
    job: string,
    unknownVisits: number,
    skipped: number,
  ): Promise<EndedJob | undefined> {
    const [row] = await transaction.query<JobRow>(
      `UPDATE shelfline.job
          SET unknown_visits = $2, skipped = $3, pending = total - $3,
              status = CASE WHEN total = $3 THEN 'failed' ELSE status END,
              finished_at = CASE WHEN total = $3 THEN created_at END
        WHERE id = $1
       RETURNING job_id, callback_url, status`,
      [job, unknownVisits, skipped],
    );
    await transaction.query(
      `INSERT INTO shelfline.job_store (store_id, job_created_at, job)
       SELECT DISTINCT visit.store_id, job.created_at, job.id
         FROM shelfline.job AS job
         JOIN shelfline.visit AS visit ON visit.job = job.id
        WHERE job.id = $1
        ORDER BY visit.store_id`,
      [job],
    );
    return endedOf(row);
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { toArrayLiteral, toTextArrayLiteral } from '../../database/array-literal.js';
import { Database, type Querying, type Transaction } from '../../database/database.js';
import { ApiError } from '../../http/errors/api-error.js';
import type { IdempotencyKey } from './idempotency.js';
import type { ShelflineJob } from '../job.entity.js';
import type { Metadata } from '../metadata.rule.js';
import { jobIdSql, NEW_JOB_NUMBER, randomPart } from '../job-id.js';
import { type EndedJob, toEndedJob } from '../jobs.repository.js';
import type { DeletedJob } from '../sweeps.js';
import type { NewVisit } from './new-visit.js';

/** An idempotency key and the digest of its submission. */
export interface KeyWithDigest extends IdempotencyKey {
  readonly digest: string;
}

/** The numbers of rows that a submission wrote. */
export interface WrittenRows {
  readonly visits: number;
  readonly images: number;
  readonly unknownVisits: number;
  /** Images of visits to unknown stores. */
  readonly skipped: number;
}

/** `503`: the database lost rows of the submission while it was being written. */
export class RowsLostError extends ApiError {
  constructor() {
    super(503, 'The database lost a part of the submission in a failover. Send it again.', 'submission_lost');
  }
}

/** The number of the first run of a job. */
export const FIRST_RUN = 1;

/** An upload without a heartbeat for this long was left by a process that died. */
const ABANDONED_AFTER = '10 minutes';

/** The maximum number of rows of one INSERT. */
const INSERT_ROWS = 5_000;

/** Writes the rows of a submission: its job, visits and upload. */
@Injectable()
export class SubmissionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Inserts the row of a job, with the number of its upload or a new one. The id of the job contains the time of the database. {@link setCounters} sets its
   * counters. Returns undefined if a job with this key exists. The unique index `job_by_idempotency_key` lets one of several concurrent transactions
   * insert, and the others wait until it commits.
   */
  async insert(
    transaction: Transaction,
    job: {
      id: string | undefined;
      reference: string | null;
      metadata: Metadata | null;
      timeZone: string | null;
      submittedBy: string | null;
      callbackUrl: string | null;
      count: number;
      total: number;
    },
    keyed: KeyWithDigest | undefined,
  ): Promise<{ readonly id: string; readonly jobId: string } | undefined> {
    const [row] = await transaction.query<{ id: string; job_id: string }>(
      `INSERT INTO shelfline.job (id, job_id, reference, status, run, count, total, pending, succeeded, failed, skipped,
                                  unknown_visits, created_at, idempotency_caller, idempotency_key, submission_digest,
                                  callback_url, metadata, time_zone, submitted_by)
       OVERRIDING SYSTEM VALUE
       SELECT coalesce($8::bigint, ${NEW_JOB_NUMBER}), ${jobIdSql('submitted.at', '$1::text')},
              $2, 'ongoing', ${FIRST_RUN}, $3::int, $4::int, $4::int, 0, 0, 0, 0, submitted.at, $5, $6, $7, $9,
              coalesce($10::jsonb, '{}'), $11, $12
         FROM (SELECT date_trunc('milliseconds', statement_timestamp()) AS at) AS submitted
       ON CONFLICT (idempotency_caller, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
       RETURNING id, job_id`,
      [
        randomPart(),
        job.reference,
        job.count,
        job.total,
        keyed?.caller ?? null,
        keyed?.key ?? null,
        keyed?.digest ?? null,
        job.id ?? null,
        job.callbackUrl,
        job.metadata && JSON.stringify(job.metadata),
        job.timeZone,
        job.submittedBy,
      ],
    );
    return row && { id: row.id, jobId: row.job_id };
  }

  /** Finds the job that was submitted with a key. */
  async findByKey(
    { caller, key }: IdempotencyKey,
    within?: EntityManager,
  ): Promise<ShelflineJob | undefined> {
    const [row] = await this.database
      .on(within)
      .query<ShelflineJob>(
        'SELECT * FROM shelfline.job WHERE idempotency_caller = $1 AND idempotency_key = $2',
        [caller, key],
      );
    return row;
  }

  /** Returns those of the given stores that are in the store master. */
  async findStores(storeIds: readonly string[], on: Querying = this.database): Promise<Set<string>> {
    const rows = await on.query<{ store_id: string }>(
      'SELECT store_id FROM shelfline.store WHERE store_id = ANY($1::text[])',
      [toTextArrayLiteral(storeIds)],
    );
    return new Set(rows.map(({ store_id }) => store_id));
  }

  /**
   * Inserts visits in order, each joined with its store. `from` has the numbers of the first visit and of its first image. Returns the numbers of the
   * visits to unknown stores.
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
      const firstImages: number[] = [];
      for (const { imageUrls } of rows) {
        firstImages.push(firstImage);
        firstImage += imageUrls.length;
      }
      const found = await transaction.query<{ seq: number }>(
        `WITH inserted AS (
           INSERT INTO shelfline.visit (job, seq, store_id, area_code, visit_time, unknown_store, first_image, image_count,
                                        reference, metadata)
           SELECT $1, $2 + u.ordinality - 1, u.store_id, store.area_code, u.visit_time, store.store_id IS NULL,
                  u.first_image, u.image_count, u.reference, u.metadata
             FROM unnest($3::text[], $4::timestamptz[], $5::int[], $6::int[], $7::text[], $8::jsonb[])
                  WITH ORDINALITY AS u (store_id, visit_time, first_image, image_count, reference, metadata, ordinality)
             LEFT JOIN shelfline.store AS store USING (store_id)
           RETURNING seq, unknown_store)
         SELECT seq FROM inserted WHERE unknown_store`,
        [
          job,
          from.visit + first,
          toTextArrayLiteral(rows.map((visit) => visit.storeId)),
          toArrayLiteral(rows.map((visit) => visit.visitTime)),
          toArrayLiteral(firstImages),
          toArrayLiteral(rows.map((visit) => visit.imageUrls.length)),
          toTextArrayLiteral(rows.map(({ reference }) => reference)),
          toTextArrayLiteral(rows.map(({ metadata }) => metadata && JSON.stringify(metadata))),
        ],
      );
      for (const { seq } of found) unknown.add(seq);
    }
    return unknown;
  }

  /**
   * Sets the counters of a job after its visits and images are written. A job with nothing to fetch ends here.
   *
   * @returns the job if it has ended
   * @throws RowsLostError if the database has fewer rows than were written, because a failover lost some
   */
  async setCounters(
    transaction: Transaction,
    job: string,
    written: WrittenRows,
  ): Promise<EndedJob | undefined> {
    const [row] = await transaction.query<ShelflineJob>(
      `UPDATE shelfline.job
          SET unknown_visits = $2, skipped = $3, pending = total - $3,
              status = CASE WHEN total = $3 THEN 'failed' ELSE status END,
              finished_at = CASE WHEN total = $3 THEN created_at END
        WHERE id = $1
       RETURNING job_id, callback_url, status`,
      [job, written.unknownVisits, written.skipped],
    );
    // A visit and its images are written in one transaction: if all visits exist, all images do.
    const [found] = await transaction.query<{ visits: number; images: number }>(
      `WITH visited AS (
         SELECT store_id, count(*) AS visits, sum(image_count) AS images
           FROM shelfline.visit WHERE job = $1 GROUP BY store_id),
       listed AS (
         INSERT INTO shelfline.job_store (store_id, job_created_at, job)
         SELECT visited.store_id, job.created_at, job.id
           FROM shelfline.job AS job CROSS JOIN visited
          WHERE job.id = $1
          ORDER BY visited.store_id)
       SELECT coalesce(sum(visits), 0)::int AS visits, coalesce(sum(images), 0)::int AS images FROM visited`,
      [job],
    );
    if (found?.visits !== written.visits || found.images !== written.images) throw new RowsLostError();
    return toEndedJob(row);
  }

  /** Inserts an upload. Returns the number of the job that it may become. */
  async beginUpload(): Promise<string> {
    const [row] = await this.database.query<{ job: string }>(
      `INSERT INTO shelfline.upload (job)
       SELECT ${NEW_JOB_NUMBER} RETURNING job`,
    );
    if (row === undefined) throw new Error('the upload got no number');
    return row.job;
  }

  /** Records a heartbeat of the upload. */
  async touchUpload(futureJob: string): Promise<void> {
    await this.database.query('UPDATE shelfline.upload SET touched_at = now() WHERE job = $1', [futureJob]);
  }

  /**
   * Records the numbers of rows of an upload after the transaction has written them, and locks the upload. Two steps may commit in either order,
   * so the numbers never decrease. Returns false if another process has ended the upload.
   */
  async growUpload(
    transaction: Transaction,
    futureJob: string,
    upTo: { readonly visits: number; readonly images: number },
  ): Promise<boolean> {
    const rows = await transaction.query(
      `UPDATE shelfline.upload
          SET touched_at = now(), visits = greatest(visits, $2), images = greatest(images, $3)
        WHERE job = $1 RETURNING job`,
      [futureJob, upTo.visits, upTo.images],
    );
    return rows.length > 0;
  }

  /** Deletes an upload, whose rows then belong to a job or are purged. Returns undefined if another process has ended it. */
  async endUpload(transaction: Transaction, futureJob: string): Promise<DeletedJob | undefined> {
    const [row] = await transaction.query<DeletedJob>(
      `DELETE FROM shelfline.upload WHERE job = $1
       RETURNING job AS id, touched_at AS created_at, images AS total, visits AS count`,
      [futureJob],
    );
    return row;
  }

  /** Ends the uploads of processes that died. Several processes may call it at a time, because rows that are locked are skipped. */
  async endAbandonedUploads(transaction: Transaction): Promise<DeletedJob[]> {
    return transaction.query<DeletedJob>(
      `DELETE FROM shelfline.upload
        WHERE job IN (SELECT job FROM shelfline.upload WHERE touched_at < now() - $1::interval FOR UPDATE SKIP LOCKED)
       RETURNING job AS id, touched_at AS created_at, images AS total, visits AS count`,
      [ABANDONED_AFTER],
    );
  }
}

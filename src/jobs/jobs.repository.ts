import { Injectable } from '@nestjs/common';
import { Database, type PreparedStatement, type Querying, type Transaction } from '../database/database.js';
import type { CallbackState } from '../webhooks/callback.entity.js';
import type { JobOutcome, ShelflineJob, JobStatus } from './job.entity.js';

/** Filters of the list of jobs. A job has to match all that are given. */
export interface JobFilter {
  /** Only jobs with this status. */
  readonly status?: JobStatus | undefined;
  /** Only jobs with a visit to this store. */
  readonly storeId?: string | undefined;
  /** Only jobs with this reference. */
  readonly reference?: string | undefined;
  /** Only jobs created at or after this time. */
  readonly from?: Date | undefined;
  /** Only jobs created before this time. */
  readonly to?: Date | undefined;
}

/** A fault of a job: a visit to an unknown store (without url), or an image that failed. */
export interface JobFault {
  readonly store_id: string;
  readonly url: string | null;
  readonly reason: string | null;
}

/** The state of the webhook for the last end of a job. Null if the job has not ended, or has no webhook. */
export interface CallbackOfJob {
  readonly callback_state: CallbackState | null;
  readonly callback_attempts: number | null;
  readonly callback_last_status: number | null;
  readonly callback_last_attempt_at: Date | null;
}

/** The number of faults in one JSON value from the database. A status lists a thousand, each with a URL of up to 24 KB. */
const PART_FAULTS = 20;

/** A job, its webhook and its first faults, read at the same moment. The faults are null if it has none. */
export type JobWithFaults = ShelflineJob & CallbackOfJob & { readonly faults: readonly JobFault[] | null };

/** A job whose faults are left out if they are long. */
export type JobWithShortFaults = JobWithFaults & {
  /** Whether its faults are left out. Null if it has none. */
  readonly has_long_faults: boolean | null;
};

/** The maximum number of bytes of short faults. They are decoded in less than a millisecond. */
const SHORT_FAULTS_BYTES = 250_000;
const FAULTS_BYTES = 'sum(octet_length(part.faults::text)) OVER ()';
/** The columns of a part of the faults of one job. The faults are null if all of them together are long. */
const SHORT_FAULTS = `
           CASE WHEN ${FAULTS_BYTES} <= ${SHORT_FAULTS_BYTES} THEN part.faults END AS faults,
           ${FAULTS_BYTES} > ${SHORT_FAULTS_BYTES} AS has_long_faults`;

/** A job whose counters a statement has changed. */
export type MovedJob = Pick<
  ShelflineJob,
  'job_id' | 'callback_url' | 'status' | 'total' | 'pending' | 'succeeded' | 'failed' | 'skipped'
>;

/** A job that a statement has ended. */
export type EndedJob = Pick<ShelflineJob, 'job_id' | 'callback_url'> & { readonly status: JobOutcome };

/** The numbers of images that left `pending`, by their new state. */
export interface Moved {
  readonly succeeded: number;
  readonly failed: number;
}

const LOCK_ONGOING: PreparedStatement = {
  name: 'shelfline_job_lock_ongoing',
  text: `SELECT id FROM shelfline.job WHERE id = $1 AND run = $2 AND status = 'ongoing' FOR UPDATE`,
};

const MOVE_COUNTERS: PreparedStatement = {
  name: 'shelfline_job_move_counters',
  text: `
    UPDATE shelfline.job
       SET pending = pending - $2::int - $3::int, succeeded = succeeded + $2::int, failed = failed + $3::int,
           status = CASE WHEN pending > $2::int + $3::int THEN status
                         WHEN failed + $3::int > 0 OR unknown_visits > 0 THEN 'failed'
                         ELSE 'completed' END,
           -- A failover may have lost the note of the start, and a standby's clock may be behind.
           started_at = coalesce(started_at, greatest(now(), created_at)),
           finished_at = CASE WHEN pending = $2::int + $3::int THEN greatest(now(), created_at) END,
           rows_behind = rows_behind AND pending > $2::int + $3::int
     WHERE id = $1
    RETURNING job_id, callback_url, status, total, pending, succeeded, failed, skipped`,
};

/** Reads and updates the rows of jobs. */
@Injectable()
export class JobsRepository {
  constructor(private readonly database: Database) {}

  /** Records the start of a job at its first batch. Returns the id of the job, or undefined if it was deleted. */
  async markStarted(job: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ job_id: string }>(
      `WITH started AS (UPDATE shelfline.job SET started_at = greatest(now(), created_at) WHERE id = $1 AND started_at IS NULL)
       SELECT job_id FROM shelfline.job WHERE id = $1`,
      [job],
    );
    return row?.job_id;
  }

  /** Finds the id of a job by its number. Returns undefined if the job was deleted. */
  async findId(job: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ job_id: string }>(
      'SELECT job_id FROM shelfline.job WHERE id = $1',
      [job],
    );
    return row?.job_id;
  }

  /**
   * Locks the row of a job for the rest of the transaction. It has to be called before writing to the images of the job. Returns false if the job was
   * deleted, has ended, or is in another run: then nothing may be written.
   */
  async lockOngoing(transaction: Transaction, job: string, run: number): Promise<boolean> {
    const rows = await transaction.run(LOCK_ONGOING, [job, run]);
    return rows.length === 1;
  }

  /**
   * Adds the numbers of changed rows to the counters, and ends the job when no image is pending. The sweep of a retry has then updated every row that it
   * had to.
   *
   * @returns the updated job, or undefined if it was deleted
   */
  async moveCounters(transaction: Transaction, job: string, moved: Moved): Promise<MovedJob | undefined> {
    const [row] = await transaction.run<MovedJob>(MOVE_COUNTERS, [job, moved.succeeded, moved.failed]);
    return row;
  }

  async findByJobId(jobId: string, on: Querying = this.database): Promise<ShelflineJob | undefined> {
    const [row] = await on.query<ShelflineJob>('SELECT * FROM shelfline.job WHERE job_id = $1', [jobId]);
    return row;
  }

  /** A job with its first faults. */
  async findWithFaults(
    jobId: string,
    faults: number,
    on: Querying = this.database,
  ): Promise<JobWithFaults | undefined> {
    const parts = await on.query<JobWithFaults>(
      withFaults('SELECT * FROM shelfline.job WHERE job_id = $1', '$2'),
      [jobId, faults],
    );
    return joinParts(parts)[0];
  }

  /** A job with its first faults if they are short, as those of almost all jobs are. */
  async findWithShortFaults(
    jobId: string,
    faults: number,
    on: Querying = this.database,
  ): Promise<JobWithShortFaults | undefined> {
    const parts = await on.query<JobWithShortFaults>(
      withFaults('SELECT * FROM shelfline.job WHERE job_id = $1', '$2', { faults: SHORT_FAULTS }),
      [jobId, faults],
    );
    return joinParts(parts)[0];
  }

  /** Returns those of these jobs whose end has not been published: they are ongoing, or their flags are not counted. */
  async findUnpublished(jobIds: readonly string[]): Promise<ShelflineJob[]> {
    return this.database.query<ShelflineJob>(
      `SELECT * FROM shelfline.job WHERE job_id = ANY($1) AND (status = 'ongoing' OR flags_pending)`,
      [jobIds],
    );
  }

  /** Returns the existing jobs of these ids. Jobs that have ended have their first faults. */
  async findForEvents(jobIds: readonly string[], faults: number): Promise<JobWithFaults[]> {
    const parts = await this.database.query<JobWithFaults>(
      withFaults('SELECT * FROM shelfline.job WHERE job_id = ANY($1)', '$2', {
        ofWhich: `job.status <> 'ongoing'`,
      }),
      [jobIds, faults],
    );
    return joinParts(parts);
  }

  /**
   * Lists jobs after the key `[created_at, id]`, newest first, each with its first faults. It reads `job_by_time`, `job_by_status`, `job_by_reference` or the
   * primary key of `job_store` in order.
   */
  async list(
    filter: JobFilter,
    after: readonly [Date, string] | undefined,
    limit: number,
    faults: number,
    on: Querying = this.database,
  ): Promise<JobWithFaults[]> {
    const parameters: unknown[] = [limit, faults];
    const jobs = selectJobs(filter, after, parameters);
    return joinParts(await on.query<JobWithFaults>(withFaults(jobs, '$2'), parameters));
  }

  /** The number of jobs that match, and at most `max`. */
  async count(filter: JobFilter, max: number): Promise<number> {
    const parameters: unknown[] = [max];
    const jobs = selectJobs(filter, undefined, parameters);
    const [counted] = await this.database.query<{ readonly count: number }>(
      `SELECT count(*)::int AS count FROM (${jobs}) AS found`,
      parameters,
    );
    return counted?.count ?? 0;
  }

  /** Returns the number of faults of each job that {@link list} would read, at most `faults`. */
  async countFaults(
    filter: JobFilter,
    after: readonly [Date, string] | undefined,
    limit: number,
    faults: number,
    on: Querying = this.database,
  ): Promise<number[]> {
    const parameters: unknown[] = [limit, faults];
    const jobs = selectJobs(filter, after, parameters);
    const rows = await on.query<{ readonly faults: number }>(
      `SELECT least(job.failed + job.unknown_visits, $2)::int AS faults FROM (${jobs}) AS job`,
      parameters,
    );
    return rows.map((row) => row.faults);
  }
}

/** The query for at most `$1` jobs after a key, newest first. Adds its values to the parameters. */
function selectJobs(
  filter: JobFilter,
  after: readonly [Date, string] | undefined,
  parameters: unknown[],
): string {
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const byStore = filter.storeId !== undefined;
  const [time, id] = byStore ? ['of_store.job_created_at', 'of_store.job'] : ['job.created_at', 'job.id'];
  const conditions = [
    ...(byStore ? [`of_store.store_id = ${bind(filter.storeId)}`] : []),
    ...(filter.status === undefined ? [] : [`job.status = ${bind(filter.status)}`]),
    ...(filter.reference === undefined ? [] : [`job.reference = ${bind(filter.reference)}`]),
    ...(filter.from === undefined ? [] : [`${time} >= ${bind(filter.from)}`]),
    ...(filter.to === undefined ? [] : [`${time} < ${bind(filter.to)}`]),
    ...(after === undefined ? [] : [`(${time}, ${id}) < (${bind(after[0])}, ${bind(after[1])})`]),
  ];
  return `SELECT job.*
       FROM ${byStore ? 'shelfline.job_store AS of_store JOIN shelfline.job AS job ON job.id = of_store.job' : 'shelfline.job AS job'}
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY ${time} DESC, ${id} DESC
      LIMIT $1`;
}

/** Returns the job if the statement has ended it. */
export function toEndedJob(row: Pick<ShelflineJob, keyof EndedJob> | undefined): EndedJob | undefined {
  return row === undefined || row.status === 'ongoing' ? undefined : { ...row, status: row.status };
}

/**
 * Adds the webhook and the first faults to the jobs of a query, newest first. Faults are visits to unknown stores and failed images, in order of submission.
 * One statement reads jobs and faults at the same moment, so that the counters match the faults. A job with many faults has several rows, each with a
 * part of them: see {@link joinParts}.
 *
 * It reads the indexes `visit_unknown` and `image_by_status`, so that its cost does not depend on the number of images that succeeded. Rows of an earlier
 * run, which a retry has not updated yet, are ignored.
 *
 * @param ofWhich the condition for jobs whose faults are read. The others have none.
 * @param faults the columns of a part of the faults
 */
function withFaults(
  jobs: string,
  limit: string,
  { ofWhich = 'true', faults = 'part.faults' }: { readonly ofWhich?: string; readonly faults?: string } = {},
): string {
  return `
    SELECT job.*, ${faults}, callback.state AS callback_state, callback.attempts AS callback_attempts,
           callback.last_status AS callback_last_status, callback.last_attempt_at AS callback_last_attempt_at
      FROM (${jobs}) AS job
      LEFT JOIN LATERAL (
        SELECT * FROM shelfline.callback WHERE job = job.id ORDER BY run DESC LIMIT 1
        ) AS callback ON job.callback_url IS NOT NULL
      LEFT JOIN LATERAL (
        SELECT fault.part AS place,
               json_agg(json_build_object('store_id', store_id, 'url', url, 'reason', reason)
                        ORDER BY fault.visit, fault.image) AS faults
          FROM (SELECT *, (row_number() OVER (ORDER BY visit, image) - 1) / ${PART_FAULTS} AS part FROM ((SELECT visit.seq AS visit, -1 AS image, visit.store_id, NULL AS url, NULL AS reason
                   FROM shelfline.visit AS visit
                  WHERE visit.job = job.id AND visit.unknown_store AND visit.run = job.run
                  ORDER BY visit.seq LIMIT ${limit})
                UNION ALL
                (SELECT image.visit, image.seq, visit.store_id, image.url, image.error
                   FROM (SELECT * FROM shelfline.image
                          WHERE job = job.id AND status = 'failed' AND run = job.run
                          ORDER BY seq LIMIT ${limit}) AS image
                   JOIN shelfline.visit AS visit ON visit.job = image.job AND visit.seq = image.visit)
                ORDER BY visit, image LIMIT ${limit}) AS first) AS fault
         WHERE job.failed + job.unknown_visits > 0 AND ${ofWhich}
         GROUP BY 1) AS part ON true
     ORDER BY job.created_at DESC, job.id DESC, part.place`;
}

/** Combines rows with parts of the faults to jobs with all faults. */
function joinParts<Job extends JobWithFaults>(rows: readonly Job[]): Job[] {
  const byJob = Map.groupBy(rows, ({ id }) => id);
  return [...byJob.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : Object.assign(first, { faults: [first, ...others].flatMap(({ faults }) => faults ?? []) }),
  );
}

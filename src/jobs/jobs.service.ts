import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { EntityManager } from 'typeorm';
import type { Transaction } from '../database/database.js';
import { BareApiError, InvalidInputError, NotFoundError } from '../http/errors/api-error.js';
import {
  Cursor,
  type Page,
  PAGE_CHARACTERS,
  PAGES_READ_AT_ONCE,
  toPage,
  toParts,
} from '../http/input/page.js';
import { text } from '../http/input/rules.js';
import { yieldToEventLoop } from '../http/yield-to-event-loop.js';
import { JOB_ERRORS, STATUS_ERRORS } from './dto/job.dto.js';
import { isJobId } from './job-id.js';
import { type JobStatusView, type JobView, statusView, toJobView } from './job-view.js';
import type { ShelflineJob } from './job.entity.js';
import { countMetadataCharacters, type Metadata } from './metadata.rule.js';
import { type JobFilter, type JobKey, JobsRepository, type JobWithFaults } from './jobs.repository.js';
import { type DryRun, toDryRunError } from './submission/dry-run.js';
import { DryRunService } from './submission/dry-run.service.js';
import { checkKey, type IdempotencyKey } from './submission/idempotency.js';
import { readJson, toDocument, toHeader } from './submission/readers/json.reader.js';
import { SubmissionService, type Submitted } from './submission/submission.service.js';

/** A submission by code. It has the fields and the rules of the body of `POST /api/jobs`. */
export interface Submission {
  /** The default is the number of visits. */
  readonly count?: number;
  readonly visits: readonly {
    readonly store_id: string;
    readonly image_url: readonly string[];
    /** RFC 3339 with an offset or `Z`, which is optional if `time_zone` is given. */
    readonly visit_time: string | Date;
    /** The id of the visit in the system of the caller. */
    readonly reference?: string | null;
    readonly metadata?: Metadata | null;
  }[];
  readonly reference?: string | null;
  readonly metadata?: Metadata | null;
  /** The IANA name of the zone of times without an offset, in the submission and in its photos. */
  readonly time_zone?: string | null;
  readonly callback_url?: string | null;
}

/** Options of a submission by code. */
export interface SubmitOptions {
  /** A unique key for the submission, 1 to 255 characters. Repeating it returns the original job instead of creating another. */
  readonly idempotencyKey?: string;
  /** The caller that the key belongs to. Callers do not share keys. The default is `''`. */
  readonly caller?: string;
  /** The `submitted_by` of the job, 1 to 200 characters. The default is null. */
  readonly submittedBy?: string | null;
  /** The manager of an open transaction on the DataSource of the module. The job becomes part of the transaction. */
  readonly manager?: EntityManager;
}

const submitterRule = text(1, 200);

/** Jobs of a page, and how many of them it has. */
interface ReadJobs {
  readonly rows: readonly JobWithFaults[];
  readonly limit: number;
}

/** The maximum number of faults that one statement reads. */
const READ_FAULTS = 1_000;

/** The `[created_at in milliseconds, id]` of the last row of a page. */
const cursor = new Cursor<readonly [number, string]>(
  'jobs',
  (key): key is readonly [number, string] =>
    key.length === 2 &&
    Number.isInteger(key[0]) &&
    Number(key[0]) >= 0 &&
    Number(key[0]) <= 8.64e15 &&
    typeof key[1] === 'string' &&
    /^\d{1,18}$/.test(key[1]),
);

/** `404`: no job has this id. */
export class JobNotFoundError extends NotFoundError {
  constructor() {
    super('Job not found', 'job_not_found');
  }
}

/** Submits jobs and reads them. */
@Injectable()
export class JobsService {
  private readonly atMost = pLimit(PAGES_READ_AT_ONCE);
  /**
   * Long faults are read one job at a time. Reads in transactions have a separate limit, because other reads may wait for the connection of such a
   * transaction.
   */
  private readonly longFaults = { inTransactions: pLimit(1), others: pLimit(1) };

  constructor(
    private readonly jobs: JobsRepository,
    private readonly submissions: SubmissionService,
    private readonly dryRuns: DryRunService,
  ) {}

  /**
   * Submits a job. Its rows and its queue tasks are committed in one transaction. Once this resolves, the job survives crashes and restarts. If the key
   * belongs to an earlier job, the result is that job.
   *
   * In a transaction of the caller, the job exists after the commit, and does not exist after a rollback. A refused submission does not change the
   * transaction.
   *
   * @throws InvalidInputError or BareApiError if the submission is invalid
   * @throws IdempotencyKeyReusedError if the key belongs to a different submission
   */
  async submit(submission: Submission, options: SubmitOptions = {}): Promise<Submitted> {
    const { idempotencyKey, caller = '', submittedBy = null, manager } = options;
    checkSubmitter(submittedBy);
    const key = idempotencyKey === undefined ? undefined : { caller, key: checkKey(idempotencyKey) };
    return this.submitBody(toBody(submission), { submittedBy, key, manager });
  }

  /**
   * Checks a submission by the rules of {@link submit}, and stores nothing.
   *
   * @throws DryRunError with the number of all faults and the first 1,000 of them
   */
  async dryRun(submission: Submission): Promise<DryRun> {
    try {
      const document = toDocument(toBody(submission));
      const header = toHeader(document);
      const batches = readJson(document, this.submissions.getVisitRule(header));
      return await this.dryRuns.run(header, batches, { listsUnknownStores: true });
    } catch (error) {
      throw toDryRunError(error);
    }
  }

  /** @deprecated Use {@link submit}. It has the same rules, and the key is an option. */
  async submitUnchecked(body: unknown, key?: IdempotencyKey, manager?: EntityManager): Promise<Submitted> {
    return this.submitBody(body, { submittedBy: null, key, manager });
  }

  /**
   * Returns a job with its first errors. With a transaction, it includes the changes of that transaction.
   *
   * @throws NotFoundError
   */
  async get(jobId: string, transaction?: Transaction): Promise<JobView> {
    const row = isJobId(jobId) ? await this.findWithFaults(jobId, JOB_ERRORS, transaction) : undefined;
    if (row === undefined) throw new JobNotFoundError();
    return toJobView(row);
  }

  /**
   * The row of a job.
   *
   * @throws NotFoundError
   */
  async find(jobId: string): Promise<ShelflineJob> {
    const row = isJobId(jobId) ? await this.jobs.findByJobId(jobId) : undefined;
    if (row === undefined) throw new JobNotFoundError();
    return row;
  }

  /**
   * Returns the number of a job, which its rows refer to. It never changes, but the job may have been deleted since.
   *
   * @throws NotFoundError
   */
  async findNumber(jobId: string): Promise<string> {
    return (await this.find(jobId)).id;
  }

  /** @deprecated Use {@link findNumber}. */
  async numberOf(jobId: string): Promise<string> {
    return this.findNumber(jobId);
  }

  /**
   * The short status of a job.
   *
   * @throws BareApiError (`400`) for an unknown job
   */
  async status(jobId: string): Promise<JobStatusView> {
    let row: ShelflineJob | JobWithFaults | undefined = isJobId(jobId)
      ? await this.jobs.findByJobId(jobId)
      : undefined;
    if (row?.status === 'failed') row = await this.findWithFaults(jobId, STATUS_ERRORS);
    if (row === undefined) throw new BareApiError(400, 'Job not found', 'job_not_found');
    return statusView(row);
  }

  /**
   * Returns a page of jobs, newest first. It is shorter than `limit` if the errors would make it too large.
   *
   * @throws InvalidInputError for a cursor of another list
   */
  async list(
    filter: JobFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<JobView>> {
    const after = page.cursor === undefined ? undefined : cursor.decode(page.cursor);
    const { rows, limit, last } = await this.atMost(() =>
      this.search(filter, after && [new Date(after[0]), after[1]], page.limit),
    );
    const toCursor = ([createdAt, id]: JobKey): string => cursor.encode([createdAt.getTime(), id]);
    const read = toPage(rows, limit, toJobView, (row) => toCursor([row.created_at, row.id]));
    return { ...read, next_cursor: read.next_cursor ?? (last ? toCursor(last) : null) };
  }

  private async submitBody(
    body: unknown,
    {
      submittedBy,
      key,
      manager,
    }: {
      readonly submittedBy: string | null;
      readonly key: IdempotencyKey | undefined;
      readonly manager: EntityManager | undefined;
    },
  ): Promise<Submitted> {
    const document = toDocument(body);
    const header = toHeader(document);
    const batches = readJson(document, this.submissions.getVisitRule(header));
    return this.submissions.submit({ ...header, submittedBy }, batches, key, manager);
  }

  /**
   * Finds a job with its first faults. These may have millions of characters, and results that arrive on several connections at the same time are
   * decoded without a pause between them.
   */
  private async findWithFaults(
    jobId: string,
    faults: number,
    transaction?: Transaction,
  ): Promise<JobWithFaults | undefined> {
    const job = await this.jobs.findWithShortFaults(jobId, faults, transaction);
    if (job?.has_long_faults !== true) return job;
    const limit = transaction === undefined ? this.longFaults.others : this.longFaults.inTransactions;
    return limit(async () => {
      const read = await this.jobs.findWithFaults(jobId, faults, transaction);
      await yieldToEventLoop();
      return read;
    });
  }

  /** As {@link read}. A search for a text returns the last job that it read too, if there may be more behind it. */
  private async search(
    filter: JobFilter,
    after: JobKey | undefined,
    limit: number,
  ): Promise<ReadJobs & { readonly last?: JobKey | undefined }> {
    if (filter.part === undefined) return this.read(filter, after, limit);
    const { ids, last } = await this.jobs.search(filter, after, limit + 1);
    return { ...(await this.read({ ...filter, ids }, after, limit)), last };
  }

  /** Reads jobs with their first faults, and the number of jobs on the page. One further job means that there is a next page. */
  private async read(
    filter: Parameters<JobsRepository['list']>[0],
    after: JobKey | undefined,
    limit: number,
  ): Promise<ReadJobs> {
    const rows: JobWithFaults[] = [];
    let characters = 0;
    let last = after;
    const counts = await this.jobs.countFaults(filter, after, limit + 1, JOB_ERRORS);
    for (const part of toParts(counts, (faults) => faults, READ_FAULTS)) {
      const read = await this.jobs.list(filter, last, part.length, JOB_ERRORS);
      for (const row of read) {
        rows.push(row);
        if (characters > PAGE_CHARACTERS) return { rows, limit: rows.length - 1 };
        characters += countCharacters(row);
        last = [row.created_at, row.id];
      }
      if (read.length < part.length) break;
    }
    return { rows, limit };
  }
}

function countCharacters({ faults, metadata }: JobWithFaults): number {
  return (faults ?? []).reduce(
    (sum, { url, reason }) => sum + (url?.length ?? 0) + (reason?.length ?? 0),
    countMetadataCharacters(metadata),
  );
}

/** @throws InvalidInputError if it does not have 1 to 200 characters, or has control characters or lone surrogates */
function checkSubmitter(submittedBy: string | null): void {
  const message = submittedBy === null ? undefined : submitterRule(submittedBy);
  if (typeof message === 'string') throw new InvalidInputError([{ path: 'submittedBy', message }]);
}

/** Converts a submission to the body of a request. An invalid value from JavaScript is refused by the rules of a body. */
function toBody(submission: Submission): unknown {
  const given: Partial<Submission> | undefined = submission;
  if (!Array.isArray(given?.visits)) return given;
  const visits = submission.visits.map((visit) =>
    visit?.visit_time instanceof Date ? { ...visit, visit_time: toText(visit.visit_time) } : visit,
  );
  return { ...submission, count: submission.count ?? visits.length, visits };
}

/** The text of an invalid date is refused by the rule of a time. */
function toText(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}

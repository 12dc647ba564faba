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
import { ownTurn } from '../http/own-turn.js';
import { JOB_ERRORS, STATUS_ERRORS } from './dto/job.dto.js';
import { isJobId } from './job-id.js';
import { type JobStatusView, type JobView, statusView, toJobView } from './job-view.js';
import type { JobRow } from './job.entity.js';
import { countMetadataCharacters, type Metadata } from './metadata.rule.js';
import { type JobFilter, JobsRepository, type JobWithFaults } from './jobs.repository.js';
import { type DryRun, toDryRunError } from './submission/dry-run.js';
import { DryRunService } from './submission/dry-run.service.js';
import { checkKey, type IdempotencyKey } from './submission/idempotency.js';
import { readJson, toDocument, toHeader } from './submission/readers/json.reader.js';
import { SubmissionService, type Submitted } from './submission/submission.service.js';

/** A job as code submits it: the body of `POST /api/jobs`, by the same rules. */
export interface Submission {
  /** The number of visits unless given. */
  readonly count?: number;
  readonly visits: readonly {
    readonly store_id: string;
    readonly image_url: readonly string[];
    /** RFC 3339, with an offset or `Z`; without one where `time_zone` is given. */
    readonly visit_time: string | Date;
    /** The caller's own id of the visit. */
    readonly reference?: string | null;
    readonly metadata?: Metadata | null;
  }[];
  readonly reference?: string | null;
  readonly metadata?: Metadata | null;
  /** IANA name of the zone of times without an offset, in the submission and in its photos. */
  readonly time_zone?: string | null;
  readonly callback_url?: string | null;
}

/** Options of a submission by code. */
export interface SubmitOptions {
  /** The caller's own name for the submission, 1 to 255 characters: a repeat with it makes no second job. */
  readonly idempotencyKey?: string;
  /** Whose key it is; keys of different callers are different keys. `''` unless given. */
  readonly caller?: string;
  /** Who submits the job, 1 to 200 characters: its `submitted_by`, which is null unless given. */
  readonly submittedBy?: string | null;
  /** Of an open transaction, on the DataSource that the module is on, which the job is to be a part of. */
  readonly manager?: EntityManager;
}

const submitterRule = text(1, 200);

/** Faults that one statement reads at most. */
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

/** `404`: there is no job of this id. */
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
   * Long faults are read one job after the other. Reads in transactions have a limit of their own: other reads may wait for a
   * connection that such a transaction has.
   */
  private readonly longFaults = { inTransactions: pLimit(1), others: pLimit(1) };

  constructor(
    private readonly jobs: JobsRepository,
    private readonly submissions: SubmissionService,
    private readonly dryRuns: DryRunService,
  ) {}

  /**
   * Submits a job. Its rows and its queue tasks are committed in one transaction, and when this resolves, the job survives crashes and
   * restarts. With a key that a job was submitted with before, the result names that job.
   *
   * Within a transaction of the caller's own the job exists once that commits, and never when it rolls back. A submission that is
   * refused leaves that transaction as it was.
   *
   * @throws InvalidInputError, BareApiError where the submission breaks a rule of the API's; IdempotencyKeyReusedError
   *   where the key belongs to another submission
   */
  async submit(submission: Submission, options: SubmitOptions = {}): Promise<Submitted> {
    const { idempotencyKey, caller = '', submittedBy = null, manager } = options;
    checkSubmitter(submittedBy);
    const key = idempotencyKey === undefined ? undefined : { caller, key: checkKey(idempotencyKey) };
    return this.submitBody(toBody(submission), { submittedBy, key, manager });
  }

  /**
   * Checks a submission by the rules of {@link submit}, and keeps nothing.
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

  /** @deprecated Use {@link submit}. It checks a submission by the same rules, and takes the key as an option. */
  async submitUnchecked(body: unknown, key?: IdempotencyKey, manager?: EntityManager): Promise<Submitted> {
    return this.submitBody(body, { submittedBy: null, key, manager });
  }

  /**
   * A job with its first errors; in a transaction, as that has made it.
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
  async find(jobId: string): Promise<JobRow> {
    const row = isJobId(jobId) ? await this.jobs.findByJobId(jobId) : undefined;
    if (row === undefined) throw new JobNotFoundError();
    return row;
  }

  /**
   * The number of a job, under which its rows stand. It never changes, but the job may be gone since.
   *
   * @throws NotFoundError
   */
  async findNumber(jobId: string): Promise<string> {
    return (await this.find(jobId)).id;
  }

  /**
   * The short status of a job.
   *
   * @throws BareApiError (`400`) for an unknown job
   */
  async status(jobId: string): Promise<JobStatusView> {
    let row: JobRow | JobWithFaults | undefined = isJobId(jobId)
      ? await this.jobs.findByJobId(jobId)
      : undefined;
    if (row?.status === 'failed') row = await this.findWithFaults(jobId, STATUS_ERRORS);
    if (row === undefined) throw new BareApiError(400, 'Job not found', 'job_not_found');
    return statusView(row);
  }

  /**
   * A page of jobs, newest first. It is shorter than `limit` where the errors would make it too large.
   *
   * @throws InvalidInputError for a cursor of another list
   */
  async list(
    filter: JobFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<JobView>> {
    const after = page.cursor === undefined ? undefined : cursor.decode(page.cursor);
    const { rows, limit } = await this.atMost(() =>
      this.read(filter, after && [new Date(after[0]), after[1]], page.limit),
    );
    return toPage(rows, limit, toJobView, (row) => cursor.encode([row.created_at.getTime(), row.id]));
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
   * A job with its first faults. These may have millions of characters, and what several connections return at the same time is decoded
   * in one piece.
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
      await ownTurn();
      return read;
    });
  }

  /** Reads jobs with their first faults, and how many of them belong on the page. One job more shows that there is a next page. */
  private async read(
    filter: JobFilter,
    after: readonly [Date, string] | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly JobWithFaults[]; readonly limit: number }> {
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

/** @throws InvalidInputError for what is not clean text of 1 to 200 characters */
function checkSubmitter(submittedBy: string | null): void {
  const message = submittedBy === null ? undefined : submitterRule(submittedBy);
  if (typeof message === 'string') throw new InvalidInputError([{ path: 'submittedBy', message }]);
}

/** The body that a submission would be sent as. What is none, as code in JavaScript may give it, breaks the rules of a body. */
function toBody(submission: Submission): unknown {
  const given: Partial<Submission> | undefined = submission;
  if (!Array.isArray(given?.visits)) return given;
  const visits = submission.visits.map((visit) =>
    visit?.visit_time instanceof Date ? { ...visit, visit_time: toText(visit.visit_time) } : visit,
  );
  return { ...submission, count: submission.count ?? visits.length, visits };
}

/** An invalid date breaks the rule of a time. */
function toText(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}

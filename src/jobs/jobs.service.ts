import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { EntityManager } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { BareApiError, InvalidInputError, NotFoundError } from '../http/api-error.js';
import { Cursor, type Page, PAGE_CHARACTERS, PAGES_READ_AT_ONCE, toPage } from '../http/page.js';
import { ImagesRepository } from '../images/images.repository.js';
import { DomainEvents } from '../events/domain-events.js';
import { WebhooksService } from '../events/webhooks/webhooks.service.js';
import { Sources } from '../outbound/sources/sources.js';
import { QueueService } from '../queue/queue.service.js';
import { BATCH_QUEUE, toBatchTasks } from './batches.js';
import { JOB_ERRORS, STATUS_ERRORS } from './dto/job.dto.js';
import type { JobEvents } from './domain-events.js';
import { checkedKey, toDigest, type IdempotencyKey, IdempotencyKeyReusedError } from './idempotency.js';
import { JobEnds } from './job-ends.js';
import { isJobId } from './job-id.js';
import { JobRows } from './job-rows.js';
import { type JobStatusView, type JobView, statusView, toJobView } from './job-view.js';
import type { JobRow } from './job.entity.js';
import { type JobFilter, JobsRepository, type JobWithFaults } from './jobs.repository.js';
import { JOBS_OPTIONS, type JobsOptions } from './jobs.options.js';
import { countImages } from './slices.js';
import {
  toBody,
  callbackFaults,
  parseSubmission,
  type Submission,
  type SubmissionLimits,
} from './submission.js';
import { FIRST_RUN, type SubmittedOnce, SubmissionsRepository } from './submissions.repository.js';
import { TableStatistics } from './table-statistics.js';

/** What a submission came to. */
export interface Submitted {
  readonly jobId: string;
  /** The job was there already, taken for the same idempotency key. */
  readonly replayed: boolean;
}

/** How a job is submitted by code. */
export interface SubmitOptions {
  /** The caller's own name for the submission, 1 to 255 characters: a repeat with it makes no second job. */
  readonly idempotencyKey?: string;
  /** Whose key it is; keys of different callers are different keys. `''` unless given. */
  readonly caller?: string;
  /** Of an open transaction, on the DataSource that the module is on, which the job is to be a part of. */
  readonly manager?: EntityManager;
}

/** What a job is told to be before its rows are there. */
export interface JobHead {
  /** The number that its rows stand under already; a new one unless given. */
  readonly id: string | undefined;
  readonly reference: string | null;
  readonly callbackUrl: string | null;
  /** Visits, and images of all of them. */
  readonly count: number;
  readonly total: number;
}

/** A job that is being made. */
export interface MadeJob {
  readonly transaction: Transaction;
  readonly id: string;
}

/** Faults that one statement reads, and more by those of one job. */
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

/** Submits jobs and tells how they stand. */
@Injectable()
export class JobsService {
  private readonly atMost = pLimit(PAGES_READ_AT_ONCE);

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly submissions: SubmissionsRepository,
    private readonly images: ImagesRepository,
    private readonly queue: QueueService,
    private readonly statistics: TableStatistics,
    private readonly ends: JobEnds,
    private readonly webhooks: WebhooksService,
    private readonly events: DomainEvents,
    private readonly sources: Sources,
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
  ) {}

  /** What a submission may be. */
  get limits(): SubmissionLimits {
    const { sources } = this;
    sources.refreshSoon();
    return {
      maxImages: this.options.maxImages,
      callbacks: this.webhooks.isAvailable,
      hasSource: (url) => sources.current.covers(url),
    };
  }

  /**
   * Takes a job: its rows and its queue tasks are committed in one transaction, and when this resolves nothing that
   * happens to any process loses it. With a key that a job has already been taken for, that job is told again.
   *
   * Within a transaction of the caller's own the job is there when that commits, and never when it rolls back; a
   * submission that is refused leaves that transaction as it was.
   *
   * @throws InvalidInputError, BareApiError where the submission breaks a rule of the API's; IdempotencyKeyReusedError
   *   where the key was taken for another job
   */
  async submit(submission: Submission, options: SubmitOptions = {}): Promise<Submitted> {
    const { idempotencyKey, caller = '', manager } = options;
    const key = idempotencyKey === undefined ? undefined : { caller, key: checkedKey(idempotencyKey) };
    return this.submitUnchecked(toBody(submission), key, manager);
  }

  /**
   * Checks a submission as it came from outside, and takes it.
   *
   * @throws InvalidInputError, BareApiError as {@link parseSubmission}; IdempotencyKeyReusedError
   */
  async submitUnchecked(body: unknown, key?: IdempotencyKey, manager?: EntityManager): Promise<Submitted> {
    const job = await parseSubmission(body, this.limits);
    const once = key && { ...key, digest: await toDigest(job) };
    const { reference, callbackUrl, visits } = job;
    const head = { id: undefined, reference, callbackUrl, count: visits.length, total: countImages(visits) };
    const write = async ({ transaction, id }: MadeJob): Promise<JobRows> => {
      const rows = new JobRows(this.submissions, this.images, id);
      await rows.write(transaction, rows.place(visits));
      return rows;
    };
    return this.take(head, once, write, manager);
  }

  /** @throws InvalidInputError where a job asks for callbacks and there are none */
  refuseCallback(callbackUrl: string | null): void {
    const faults = callbackFaults(callbackUrl, this.limits);
    if (faults.length > 0) throw new InvalidInputError(faults);
  }

  /** Whether a job has been taken for a key. */
  async isTaken(key: IdempotencyKey): Promise<boolean> {
    return (await this.submissions.findByKey(key)) !== undefined;
  }

  /**
   * Takes a job whose rows `write` sees to, in the transaction that makes the job. With a key that a job has been taken
   * for already, nothing is written and that job is told again.
   *
   * @throws IdempotencyKeyReusedError where that job is another
   */
  async take(
    job: JobHead,
    once: SubmittedOnce | undefined,
    write: (made: MadeJob) => Promise<JobRows>,
    manager?: EntityManager,
  ): Promise<Submitted> {
    for (;;) {
      const earlier = once && (await this.submissions.findByKey(once, manager));
      if (earlier !== undefined) {
        if (earlier.submission_digest !== once?.digest) throw new IdempotencyKeyReusedError();
        return { jobId: earlier.job_id, replayed: true };
      }
      const jobId = await this.make(job, once, write, manager);
      if (jobId !== undefined) {
        // Not of rows that others can't see yet.
        if (manager === undefined) await this.statistics.ensure(job.total);
        return { jobId, replayed: false };
      }
      // Another submission with this key was committed while this one waited for it.
    }
  }

  /** The id of the job; undefined when its key is taken. */
  private async make(
    job: JobHead,
    once: SubmittedOnce | undefined,
    write: (made: MadeJob) => Promise<JobRows>,
    manager: EntityManager | undefined,
  ): Promise<string | undefined> {
    return this.database.transaction(async (transaction) => {
      const inserted = await this.submissions.insert(transaction, job, once);
      if (inserted === undefined) return undefined;
      const { id, jobId } = inserted;
      const made: JobEvents['job.submitted'] = {
        job_id: jobId,
        reference: job.reference,
        count: job.count,
        images: { total: job.total },
      };
      transaction.onceCommitted(() => this.events.publish('job.submitted', made));
      const rows = await write({ transaction, id });
      const ended = await this.submissions.settle(transaction, id, rows);
      if (ended !== undefined) await this.ends.announce(transaction, ended);
      const batches = toBatchTasks({ job: id, run: FIRST_RUN, from: 0, to: rows.images }, (seq) =>
        rows.mayBePending(seq),
      );
      if (batches.length > 0) await this.queue.enqueue(BATCH_QUEUE, batches, transaction);
      return jobId;
    }, manager);
  }

  /**
   * A job with its first errors; in a transaction, as that has made it.
   *
   * @throws NotFoundError
   */
  async get(jobId: string, transaction?: Transaction): Promise<JobView> {
    const row = isJobId(jobId) ? await this.jobs.findWithFaults(jobId, JOB_ERRORS, transaction) : undefined;
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
  async numberOf(jobId: string): Promise<string> {
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
    if (row?.status === 'failed') row = await this.jobs.findWithFaults(jobId, STATUS_ERRORS);
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

  /** Jobs with their first faults, and how many of them belong on the page: one more shows that there is a next page. */
  private async read(
    filter: JobFilter,
    after: readonly [Date, string] | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly JobWithFaults[]; readonly limit: number }> {
    const rows: JobWithFaults[] = [];
    let characters = 0;
    let last = after;
    for (const size of toReads(await this.jobs.countFaults(filter, after, limit + 1, JOB_ERRORS))) {
      const read = await this.jobs.list(filter, last, size, JOB_ERRORS);
      for (const row of read) {
        rows.push(row);
        if (characters > PAGE_CHARACTERS) return { rows, limit: rows.length - 1 };
        characters += countCharacters(row);
        last = [row.created_at, row.id];
      }
      if (read.length < size) break;
    }
    return { rows, limit };
  }
}

/** How many jobs to read at a time, so that one statement reads no more faults than it may. */
function* toReads(faults: readonly number[]): Generator<number> {
  let jobs = 0;
  let sum = 0;
  for (const count of faults) {
    if (jobs > 0 && sum + count > READ_FAULTS) {
      yield jobs;
      jobs = 0;
      sum = 0;
    }
    jobs += 1;
    sum += count;
  }
  if (jobs > 0) yield jobs;
}

function countCharacters({ faults }: JobWithFaults): number {
  return (faults ?? []).reduce((sum, { url, reason }) => sum + (url?.length ?? 0) + (reason?.length ?? 0), 0);
}

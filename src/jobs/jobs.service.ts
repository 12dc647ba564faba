import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import type { ReadOptions } from '../database/read-options.js';
import { BareApiError } from '../http/errors/api-error.js';
import { JobNotFoundError } from '../http/errors/job-not-found.error.js';
import { checkQuery, type EarlierPage } from '../http/input/code-query.js';
import { iteratePages } from '../http/input/iterate-pages.js';
import type { Filters, Page, PageRequest } from '../http/input/page.js';
import { JOB_ERRORS, STATUS_ERRORS } from './dto/job.dto.js';
import { ListJobsQuery } from './dto/queries.dto.js';
import { type JobStatusView, type JobView, statusView, toJobView } from './job-view.js';
import { JobsReader } from './jobs.reader.js';
import type { JobFilter } from './jobs.repository.js';
import { type DryRun, toDryRunError } from './submission/dry-run.js';
import { DryRunService } from './submission/dry-run.service.js';
import { checkKey, type IdempotencyKey } from './submission/idempotency.js';
import { readJson, toDocument, toHeader } from './submission/readers/json.reader.js';
import {
  checkSubmitter,
  type Submission,
  type SubmitOptions,
  toBody,
} from './submission/submission-by-code.js';
import { SubmissionService, type Submitted } from './submission/submission.service.js';

/** A query of the list of jobs. A job has to match all filters that are given. */
export interface JobQuery extends JobFilter, PageRequest {}

/** Submits jobs and reads them. */
@Injectable()
export class JobsService {
  constructor(
    private readonly database: Database,
    private readonly reader: JobsReader,
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
  async dryRun(submission: Submission, { manager }: ReadOptions = {}): Promise<DryRun> {
    const on = this.database.on(manager);
    try {
      const document = toDocument(toBody(submission));
      const header = toHeader(document);
      const batches = readJson(document, this.submissions.getVisitRule(header));
      return await this.dryRuns.run(header, batches, { listsUnknownStores: true, on });
    } catch (error) {
      throw toDryRunError(error);
    }
  }

  /**
   * Returns a job with its first 100 errors. The job, its counters and its errors are read at one moment: the counters always add up to `images.total`.
   *
   * @throws JobNotFoundError
   */
  async get(jobId: string, options: ReadOptions = {}): Promise<JobView> {
    const row = await this.reader.findWithFaults(jobId, JOB_ERRORS, options);
    if (row === undefined) throw new JobNotFoundError();
    return toJobView(row);
  }

  /**
   * Returns the status of a job, and the first 1,000 errors of a failed one. A status other than `ongoing` changes only if the job is retried.
   *
   * @throws BareApiError (`400`) for an unknown job
   */
  async status(jobId: string, options: ReadOptions = {}): Promise<JobStatusView> {
    const row = await this.reader.find(jobId, options);
    const read =
      row?.status === 'failed' ? await this.reader.findWithFaults(jobId, STATUS_ERRORS, options) : row;
    if (read === undefined) throw new BareApiError(400, 'Job not found', 'job_not_found');
    return statusView(read);
  }

  /**
   * Returns a page of jobs, newest first. It costs the same wherever the cursor stands.
   *
   * @throws InvalidInputError for an invalid filter or limit, and for a cursor of another list
   */
  async list(query?: JobQuery, options?: ReadOptions): Promise<Page<JobView>>;
  /** @deprecated `limit` and `cursor` are fields of the query. The next release does not read them here. */
  async list(query: JobQuery, page: EarlierPage): Promise<Page<JobView>>;
  async list(query: JobQuery = {}, options: ReadOptions & EarlierPage = {}): Promise<Page<JobView>> {
    const { limit, cursor, ...filter } = checkQuery(ListJobsQuery, query, options);
    return this.reader.list(filter, { limit, cursor }, options);
  }

  /**
   * Counts the jobs that match, and at most `max`.
   *
   * @throws InvalidInputError for an invalid filter
   */
  async countUpTo(max: number, query: Filters<JobQuery> = {}): Promise<number> {
    const { limit: _limit, cursor: _cursor, ...filter } = checkQuery(ListJobsQuery, query);
    return this.reader.count(filter, max);
  }

  /**
   * Reads all jobs that match, newest first, a page at a time. A job that is there throughout and keeps matching comes exactly once.
   *
   * @throws InvalidInputError for an invalid filter
   */
  iterate(
    filter: Filters<JobQuery> = {},
    options: ReadOptions = {},
  ): AsyncGenerator<JobView, void, undefined> {
    return iteratePages((page) => this.list({ ...filter, ...page }, options));
  }

  /** @deprecated Use {@link submit}. It has the same rules, and the key is an option. The next release does not have this method. */
  async submitUnchecked(body: unknown, key?: IdempotencyKey, manager?: EntityManager): Promise<Submitted> {
    return this.submitBody(body, { submittedBy: null, key, manager });
  }

  /** @deprecated Every method takes the id of a job. The next release does not have this method. */
  async numberOf(jobId: string): Promise<string> {
    const row = await this.reader.find(jobId);
    if (row === undefined) throw new JobNotFoundError();
    return row.id;
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
}

import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type Transaction } from '../../database/database.js';
import { DomainEvents } from '../../events/domain-events.js';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import { ApiError } from '../../http/errors/api-error.js';
import { getTimeZone } from '../../http/input/time-zone.js';
import { ImageBatchesRepository } from '../../images/image-batches.repository.js';
import { Sources } from '../../outbound/sources/sources.js';
import { QueueService } from '../../queue/queue.service.js';
import { BATCH_QUEUE, toBatchTasks } from '../batches.js';
import { JOB_EVENTS, type JobSubmitted } from '../domain-events.js';
import { JobEnds } from '../job-ends.js';
import { JOBS_OPTIONS, type JobsOptions } from '../jobs.options.js';
import { SWEEP_QUEUE, toPurgeTask } from '../sweeps.js';
import { TableStatistics } from '../table-statistics.js';
import { type IdempotencyKey, IdempotencyKeyReusedError, SubmissionDigest } from './idempotency.js';
import { VisitRule } from './new-visit.js';
import { checkInSteps } from './check-submission.js';
import type { SubmissionHeader, VisitChunk } from './submission.js';
import { SubmissionWriter } from './submission-writer.js';
import { FIRST_RUN, type KeyWithDigest, SubmissionsRepository } from './submissions.repository.js';

/** How long a shutdown waits for submissions to end and for the rows of refused ones to be queued for purging, in milliseconds. */
const STOP_MS = 5_000;

/** The result of a submission. */
export interface Submitted {
  /** The id of the job, which every other method takes. */
  readonly jobId: string;
  /** Whether an earlier submission with the same idempotency key made the job. */
  readonly replayed: boolean;
}

/**
 * Creates jobs from submissions. The row of a job and its queue tasks are written in one transaction. A submission that is short or in memory has
 * all of its rows written in that transaction. A long submission is written in steps as it arrives, so that no transaction stays open while the
 * client uploads. The rows of these steps have the number of a job that does not exist yet, so no query returns them. The last transaction creates
 * the job and makes all rows visible at once. The rows of a refused submission are purged.
 */
@Injectable()
export class SubmissionService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Submission');
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly submissions: SubmissionsRepository,
    private readonly images: ImageBatchesRepository,
    private readonly queue: QueueService,
    private readonly statistics: TableStatistics,
    private readonly ends: JobEnds,
    private readonly webhooks: WebhooksService,
    private readonly events: DomainEvents,
    private readonly sources: Sources,
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
  ) {}

  /** The rule for the visits of a submission. It uses the time zone of the submission and the sources that are configured now. */
  getVisitRule({ timeZone, faults }: Pick<SubmissionHeader, 'timeZone' | 'faults'>): VisitRule {
    const { sources } = this;
    sources.refreshSoon();
    // An invalid zone is reported once, and not again for each time.
    const zone = faults.some(({ path }) => path === 'time_zone') ? 'UTC' : timeZone;
    return new VisitRule((url) => sources.current.covers(url), zone === null ? undefined : getTimeZone(zone));
  }

  /**
   * Creates a job from a submission. Once this resolves, the job survives crashes. If the key belongs to an earlier job, nothing is written and
   * the result is that job. Chunks are read no faster than they are written, so memory does not grow with a streamed submission.
   *
   * @param manager an open transaction of the caller. The job becomes part of it. A refused submission does not change it.
   * @throws InvalidInputError with the first faults
   * @throws BareApiError if `count` is not the number of visits
   * @throws IdempotencyKeyReusedError if the key belongs to a different submission
   * @throws any error of the chunks
   */
  async submit(
    header: SubmissionHeader,
    chunks: AsyncIterable<VisitChunk>,
    key?: IdempotencyKey,
    manager?: EntityManager,
  ): Promise<Submitted> {
    const submitted = this.submitOrPurge(header, chunks, key, manager);
    this.underWay.add(submitted);
    try {
      return await submitted;
    } finally {
      this.underWay.delete(submitted);
    }
  }

  /** Ends the uploads of processes that died, and queues their rows for purging. Returns the number of uploads. */
  async purgeAbandoned(): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const abandoned = await this.submissions.endAbandonedUploads(transaction);
      if (abandoned.length > 0)
        await this.queue.enqueue(SWEEP_QUEUE, abandoned.map(toPurgeTask), transaction);
      return abandoned.length;
    });
  }

  /** Waits for submissions to end before the DataSource closes. */
  async beforeApplicationShutdown(): Promise<void> {
    const over = pause(STOP_MS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.underWay), over]);
  }

  private async submitOrPurge(
    header: SubmissionHeader,
    chunks: AsyncIterable<VisitChunk>,
    key: IdempotencyKey | undefined,
    manager: EntityManager | undefined,
  ): Promise<Submitted> {
    const writer = new SubmissionWriter(this.database, this.submissions, this.images);
    let submitted: Submitted | undefined;
    try {
      const isOneTransaction = header.isInMemory || manager !== undefined;
      const steps = checkInSteps(header, chunks, {
        maxImages: this.options.maxImages,
        webhooksAvailable: this.webhooks.isAvailable,
      });
      const digest = key && new SubmissionDigest(header);
      for await (const step of steps) {
        // A step is written when the next one arrives, so that a submission of one step is one transaction.
        if (writer.isBuffering && !isOneTransaction) await this.writeAheadOrDiscard(writer, key);
        await digest?.add(step);
        writer.buffer(step);
      }
      await writer.allWritten();
      const keyed = key && digest && { ...key, digest: digest.hex() };
      submitted = await this.store(header, writer, keyed, manager);
      return submitted;
    } finally {
      await writer.stop();
      const becameJob = submitted?.replayed === false;
      if (writer.futureJob !== undefined && !becameJob) await this.purge(writer.futureJob);
    }
  }

  /** Writes a step before its job exists. If the key belongs to a job already, the step is discarded: the submission is only compared with that job. */
  private async writeAheadOrDiscard(
    writer: SubmissionWriter,
    key: IdempotencyKey | undefined,
  ): Promise<void> {
    const isFirstStep = writer.futureJob === undefined && !writer.isIncomplete;
    const isRepeat =
      isFirstStep && key !== undefined && (await this.submissions.findByKey(key)) !== undefined;
    if (isRepeat || writer.isIncomplete) writer.discard();
    else await writer.writeAhead();
  }

  private async store(
    header: SubmissionHeader,
    writer: SubmissionWriter,
    keyed: KeyWithDigest | undefined,
    manager: EntityManager | undefined,
  ): Promise<Submitted> {
    for (;;) {
      const earlier = keyed && (await this.submissions.findByKey(keyed, manager));
      if (earlier !== undefined) {
        if (earlier.submission_digest !== keyed?.digest) throw new IdempotencyKeyReusedError();
        return { jobId: earlier.job_id, replayed: true };
      }
      // Steps were discarded because the key had a job. That job is gone now.
      if (writer.isIncomplete)
        throw new ApiError(409, 'The job of this Idempotency-Key was deleted meanwhile. Send it again.');
      const jobId = await this.database.transaction(
        (transaction) => this.insert(transaction, header, writer, keyed),
        manager,
      );
      if (jobId !== undefined) {
        // ANALYZE does not see uncommitted rows.
        if (manager === undefined) await this.statistics.ensure(writer.images);
        return { jobId, replayed: false };
      }
      // Another submission with this key was committed in the meantime.
    }
  }

  /** Returns the id of the job, or undefined if its key belongs to another job by now. */
  private async insert(
    transaction: Transaction,
    { reference, metadata, timeZone, submittedBy = null, callbackUrl }: SubmissionHeader,
    writer: SubmissionWriter,
    keyed: KeyWithDigest | undefined,
  ): Promise<string | undefined> {
    const { visits: count, images: total } = writer;
    const job = {
      id: writer.futureJob,
      reference,
      metadata,
      timeZone,
      submittedBy,
      callbackUrl,
      count,
      total,
    };
    const inserted = await this.submissions.insert(transaction, job, keyed);
    if (inserted === undefined) return undefined;
    const { id, jobId } = inserted;
    const event: JobSubmitted = {
      job_id: jobId,
      reference,
      metadata: metadata ?? {},
      submitted_by: submittedBy,
      count,
      images: { total },
    };
    transaction.onceCommitted(() => this.events.publish(JOB_EVENTS.submitted, event));
    await writer.finish(transaction, id);
    const ended = await this.submissions.setCounters(transaction, id, writer);
    if (ended !== undefined) await this.ends.announce(transaction, ended);
    const images = { job: id, run: FIRST_RUN, from: 0, to: total };
    const batches = toBatchTasks(images, (seq) => writer.mayBePending(seq));
    if (batches.length > 0) await this.queue.enqueue(BATCH_QUEUE, batches, transaction);
    return jobId;
  }

  /** Ends an upload that did not become a job, and queues its rows for purging. */
  private async purge(futureJob: string): Promise<void> {
    try {
      await this.database.transaction(async (transaction) => {
        const ended = await this.submissions.endUpload(transaction, futureJob);
        if (ended !== undefined) await this.queue.enqueue(SWEEP_QUEUE, [toPurgeTask(ended)], transaction);
      });
    } catch (error) {
      // purgeAbandoned() purges it later.
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: 'upload_left', upload: futureJob, error: reason });
    }
  }
}

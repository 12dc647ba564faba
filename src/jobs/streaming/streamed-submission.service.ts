import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { ApiError, BareApiError, type Fault, InvalidInputError } from '../../http/api-error.js';
import { MAX_FAULTS } from '../../http/validation.js';
import { ImagesRepository } from '../../images/images.repository.js';
import { QueueService } from '../../queue/queue.service.js';
import { type IdempotencyKey, SubmissionDigest } from '../idempotency.js';
import { JobRows } from '../job-rows.js';
import { JOBS_OPTIONS, type JobsOptions } from '../jobs.options.js';
import { JobsService, type Submitted } from '../jobs.service.js';
import { countImages } from '../slices.js';
import { COUNT_MISMATCH, type NewVisit } from '../submission.js';
import { SubmissionsRepository } from '../submissions.repository.js';
import { toPurgeTask, SWEEP_QUEUE } from '../sweeps.js';
import { UploadsRepository } from './uploads.repository.js';
import type { VisitLines } from './visit-lines.js';

/** What is said of a streamed job beside its visits. */
export interface StreamedHead {
  readonly reference: string | null;
  readonly callbackUrl: string | null;
  /** The number of visits, where the client tells it. */
  readonly count: number | undefined;
  /** What a fault calls the place where all visits stand. */
  readonly place: string;
}

/** Images of one transaction, and characters of their URLs, more by what comes together: four steps are held at a time. */
const STEP_IMAGES = 2_500;
const STEP_CHARACTERS = 500_000;
/** How often is said that an upload goes on, in milliseconds. */
const TOUCH_MS = 60_000;
/** How long a process that stops lets what was broken off be swept away, in milliseconds. */
const SWEEP_AWAY_MS = 5_000;

/**
 * Takes jobs that are too large to hold. Their rows are written in steps as they come, each in a transaction of its own,
 * under the number of a job that is not there yet; the job's row and its queue tasks come with the last of them, in one
 * transaction, and make all of it visible at once. While the sender is waited for nothing is held in the database.
 *
 * What is not good to its end is swept away again; what a killed process has left, by {@link purgeAbandoned}.
 */
@Injectable()
export class StreamedSubmissionService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('StreamedSubmission');
  private readonly inHand = new Set<Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsService,
    private readonly submissions: SubmissionsRepository,
    private readonly images: ImagesRepository,
    private readonly uploads: UploadsRepository,
    private readonly queue: QueueService,
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
  ) {}

  /**
   * Takes a job whose visits are streaming in. Memory does not grow with them, and the sender is read no faster than they
   * are written.
   *
   * @throws InvalidInputError with the first faults; BareApiError where the count is another; IdempotencyKeyReusedError;
   *   whatever `lines` throws
   */
  async submit(
    lines: AsyncIterable<VisitLines>,
    head: StreamedHead,
    key?: IdempotencyKey,
  ): Promise<Submitted> {
    const submitted = this.takeOrSweep(lines, head, key);
    this.inHand.add(submitted);
    try {
      return await submitted;
    } finally {
      this.inHand.delete(submitted);
    }
  }

  /** What was broken off with its connection is swept away before the DataSource closes. */
  async beforeApplicationShutdown(): Promise<void> {
    const over = pause(SWEEP_AWAY_MS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.inHand), over]);
  }

  private async takeOrSweep(
    lines: AsyncIterable<VisitLines>,
    head: StreamedHead,
    key: IdempotencyKey | undefined,
  ): Promise<Submitted> {
    const upload = new Upload(this.uploads);
    try {
      const submitted = await this.take(upload, lines, head, key);
      if (submitted.replayed) await this.sweepAway(upload);
      return submitted;
    } catch (error) {
      await this.sweepAway(upload);
      throw error;
    } finally {
      upload.rest();
    }
  }

  /** Sweeps away what killed processes have left of uploads. Says how many. */
  async purgeAbandoned(): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const abandoned = await this.uploads.endAbandoned(transaction);
      if (abandoned.length > 0)
        await this.queue.enqueue(SWEEP_QUEUE, abandoned.map(toPurgeTask), transaction);
      return abandoned.length;
    });
  }

  private async take(
    upload: Upload,
    lines: AsyncIterable<VisitLines>,
    head: StreamedHead,
    key: IdempotencyKey | undefined,
  ): Promise<Submitted> {
    const digest = new SubmissionDigest(head);
    // What is a repeat as it seems is only compared.
    const isRepeat = key !== undefined && (await this.jobs.isTaken(key));
    let rows: JobRows | undefined;
    let writing: readonly [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()];
    let count = 0;
    let total = 0;
    let last: readonly NewVisit[] = [];
    try {
      for await (const visits of this.steps(lines, head)) {
        // Two steps are written while the next comes in.
        await writing[0];
        if (last.length > 0 && !isRepeat) {
          rows ??= this.rowsOf(await upload.begin());
          const next = this.write(rows, last);
          // Whoever waits for it is told; by then that may be nobody.
          next.catch(() => {});
          writing = [writing[1], next];
        }
        digest.add(visits);
        count += visits.length;
        total += countImages(visits);
        last = visits;
      }
      await Promise.all(writing);
    } finally {
      // Nothing must be written any more when what is there is swept away.
      await Promise.allSettled(writing);
    }
    const placed = rows?.place(last);
    return this.jobs.take(
      { id: rows?.job, reference: head.reference, callbackUrl: head.callbackUrl, count, total },
      key && { ...key, digest: digest.hex() },
      async ({ transaction, id }) => {
        // The job that this seemed to be a repeat of was deleted meanwhile, and its visits are gone by.
        if (isRepeat)
          throw new ApiError(409, 'The job of this Idempotency-Key was deleted meanwhile. Send it again.');
        if (rows !== undefined && (await this.uploads.end(transaction, id)) === undefined) throw givenUp();
        // Again from its beginning where the transaction is run again.
        const written = rows ?? this.rowsOf(id);
        await written.write(transaction, placed ?? written.place(last));
        return written;
      },
    );
  }

  private rowsOf(job: string): JobRows {
    return new JobRows(this.submissions, this.images, job);
  }

  private async write(rows: JobRows, visits: readonly NewVisit[]): Promise<void> {
    // Before anything is waited for: in the order in which they came.
    const placed = rows.place(visits);
    await this.database.transaction(async (transaction) => {
      await rows.write(transaction, placed);
      // Last: the next step's transaction would wait for the lock.
      if (!(await this.uploads.grow(transaction, rows.job, placed.upTo))) throw givenUp();
    });
  }

  /**
   * The visits in steps of some size. After a fault none comes any more, and the rest is read for further faults alone.
   *
   * @throws InvalidInputError, BareApiError at the end
   */
  private async *steps(
    lines: AsyncIterable<VisitLines>,
    head: StreamedHead,
  ): AsyncGenerator<readonly NewVisit[]> {
    const faults: Fault[] = [];
    let step: NewVisit[] = [];
    let stepImages = 0;
    let stepCharacters = 0;
    let count = 0;
    let images = 0;
    for await (const part of lines) {
      faults.push(...part.faults);
      if (faults.length >= MAX_FAULTS) break;
      const partImages = countImages(part.visits);
      count += part.visits.length;
      images += partImages;
      if (images > this.options.maxImages) {
        faults.push({ path: head.place, message: `must hold at most ${this.options.maxImages} images` });
        break;
      }
      if (faults.length > 0) continue;
      step.push(...part.visits);
      stepImages += partImages;
      stepCharacters += countCharacters(part.visits);
      if (stepImages < STEP_IMAGES && stepCharacters < STEP_CHARACTERS) continue;
      yield step;
      step = [];
      stepImages = 0;
      stepCharacters = 0;
    }
    if (faults.length > 0) throw new InvalidInputError(faults.slice(0, MAX_FAULTS));
    if (head.count !== undefined && head.count !== count)
      throw new BareApiError(400, COUNT_MISMATCH, 'count_mismatch');
    if (count === 0)
      throw new InvalidInputError([{ path: head.place, message: 'must hold at least one visit' }]);
    if (step.length > 0) yield step;
  }

  private async sweepAway(upload: Upload): Promise<void> {
    const { job } = upload;
    if (job === undefined) return;
    try {
      await this.database.transaction(async (transaction) => {
        const ended = await this.uploads.end(transaction, job);
        if (ended !== undefined) await this.queue.enqueue(SWEEP_QUEUE, [toPurgeTask(ended)], transaction);
      });
    } catch (error) {
      // It is found later as one that was abandoned.
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: 'upload_left', upload: job, error: reason });
    }
  }
}

function countCharacters(visits: readonly NewVisit[]): number {
  let characters = 0;
  for (const { imageUrls } of visits) for (const url of imageUrls) characters += url.length;
  return characters;
}

/** The row that says that an upload goes on, from the first step that is written on. */
class Upload {
  job: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly uploads: UploadsRepository) {}

  /** @returns the number of the job that it may become */
  async begin(): Promise<string> {
    const job = await this.uploads.begin();
    this.job = job;
    // One that fails is made good by the next; in an outage of the database none succeeds.
    this.timer = setInterval(() => void this.uploads.touch(job).catch(() => {}), TOUCH_MS);
    return job;
  }

  rest(): void {
    clearInterval(this.timer);
  }
}

/** This process was taken for dead. */
function givenUp(): ApiError {
  return new ApiError(503, 'The submission was interrupted for too long. Send it again.', 'upload_given_up');
}

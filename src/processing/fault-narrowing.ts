import { Inject, Injectable, Logger } from '@nestjs/common';
import { isDatabaseOutage } from '../database/database-faults.js';
import { Database, type Transaction } from '../database/database.js';
import type { RecordedImages } from '../images/images.repository.js';
import { BATCH_QUEUE, getPriority } from '../jobs/batches.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { type NewTask, QueueService } from '../queue/queue.service.js';
import type { HeldTask } from '../queue/task-runner.js';
import { type Batch, DEAD_LETTER_QUEUE, type DeadLetter, toBatchName } from './batch.js';
import { internalFailure } from './image-result.js';
import { PROCESSING_OPTIONS, type ProcessingOptions } from './processing.options.js';
import { ResultWriter } from './result-writer.js';

/** A batch that failed this often for an internal error is split in halves. */
const FAULTS_TO_SPLIT = 2;
/** First and longest pause before a batch is run again, in milliseconds. It doubles with each failure. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/**
 * Finds the image that makes a batch fail (a row that cannot be written, or a bug). The batch is run once more,
 * then split in halves down to one image. That image fails as `internal` and gets a dead letter. The other
 * images go on.
 *
 * Failures are counted in the payload of the task, because killed processes use up the attempts of the queue
 * too.
 */
@Injectable()
export class FaultNarrowing {
  private readonly logger = new Logger('Processor');

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly queue: QueueService,
    private readonly writer: ResultWriter,
    @Inject(PROCESSING_OPTIONS) private readonly options: ProcessingOptions,
  ) {}

  /**
   * Replaces the task of a failed batch, in one transaction.
   *
   * @param error why the batch failed
   * @throws an error if the database cannot be reached; the task is then retried unchanged
   */
  async narrow(task: HeldTask<Batch>, error: unknown): Promise<void> {
    const { job, from } = task.payload;
    const faults = (task.payload.faults ?? 0) + 1;
    const about = { job_id: await this.jobs.findId(job), batch: toBatchName(task.payload), faults };
    this.logger.warn({ event: 'batch_failed', ...about, error: getMessage(error) });
    try {
      const failed = await this.database.transaction((transaction) =>
        this.replace(task, faults, error, transaction),
      );
      if (failed !== undefined) {
        this.options.observer?.imagesRecorded(failed);
        this.logger.error(
          { event: 'image_given_up', ...about, image_id: `img_${job}_${from}`, error: getMessage(error) },
          error instanceof Error ? error.stack : undefined,
        );
      }
    } catch (second) {
      if (isDatabaseOutage(second)) throw second;
      // Not even that can be written. Only the task is replaced, with a longer pause each time.
      this.logger.error({ event: 'batch_not_narrowed', ...about, error: getMessage(second) });
      await this.database.transaction((transaction) => this.postpone(task, faults, transaction));
    }
  }

  /** @returns what was recorded of the image, if it failed */
  private async replace(
    task: HeldTask<Batch>,
    faults: number,
    error: unknown,
    transaction: Transaction,
  ): Promise<readonly RecordedImages[] | undefined> {
    const { job, run, from, to } = task.payload;
    if (faults < FAULTS_TO_SPLIT) {
      await this.postpone(task, faults, transaction);
      return undefined;
    }
    if (to - from > 1) {
      if (!(await task.complete(transaction))) return undefined;
      const middle = from + Math.ceil((to - from) / 2);
      const halves = [
        { job, run, from, to: middle, faults },
        { job, run, from: middle, to, faults },
      ];
      await this.queue.enqueue<Batch>(BATCH_QUEUE, halves.map(asTask), transaction);
      return undefined;
    }
    // The job's row is locked before the task's, in the same order as when results are recorded.
    const recorded = await this.writer.write(transaction, task.payload, [internalFailure(from)]);
    if (!(await task.complete(transaction))) return undefined;
    const letter: DeadLetter = { job, run, seq: from, error: getMessage(error) };
    await this.queue.enqueue(DEAD_LETTER_QUEUE, [{ payload: letter }], transaction);
    return recorded;
  }

  private async postpone(task: HeldTask<Batch>, faults: number, transaction: Transaction): Promise<void> {
    if (!(await task.complete(transaction))) return;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(faults - 1, 30), MAX_PAUSE_MS);
    const again = { ...asTask({ ...task.payload, faults }), afterMs: pause };
    await this.queue.enqueue<Batch>(BATCH_QUEUE, [again], transaction);
  }
}

function asTask(payload: Batch): NewTask<Batch> {
  return { payload, priority: getPriority(payload) };
}

function getMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

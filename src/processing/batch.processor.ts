import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { ImageFetcher } from '../images/fetching/image-fetcher.js';
import { type ImageRange, ImagesRepository } from '../images/images.repository.js';
import { BATCH_QUEUE, priorityOf } from '../jobs/batches.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { type HeldTask, QueueService } from '../queue/queue.service.js';
import { BatchRecorder } from './batch-recorder.js';
import { resultOf } from './image-result.js';
import { PROCESSING_OPTIONS, type ProcessingOptions } from './processing.options.js';

/**
 * Runs batches: fetches the images of a range that are pending and due, side by side, and writes what came of them.
 * A batch may run twice, and a worker taken for dead may come back: whoever is second finds nothing pending.
 */
@Injectable()
export class BatchProcessor {
  private readonly logger = new Logger('Processor');

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly images: ImagesRepository,
    private readonly fetcher: ImageFetcher,
    private readonly queue: QueueService,
    @Inject(PROCESSING_OPTIONS) private readonly options: ProcessingOptions,
  ) {}

  /**
   * Runs one batch to its end, and leaves one deferred task for what has to be tried later.
   *
   * @throws when the task was taken away or the database failed: the task goes back then, and its images are pending
   */
  async run(task: HeldTask<ImageRange>): Promise<void> {
    const range = task.payload;
    const started = performance.now();
    const due = await this.images.due(range, new Date());
    if (due.length > 0) await this.jobs.markStarted(range.job, new Date());
    const recorder = new BatchRecorder(this.database, this.jobs, this.images, range);
    try {
      await Promise.all(
        due.map(async (image) => {
          const outcome = await this.fetcher.fetch(image.url, task.signal);
          recorder.add(resultOf(image, outcome, this.options, new Date()));
        }),
      );
    } catch (error) {
      await recorder.giveUp();
      throw error;
    }
    await recorder.finish((transaction) => this.settle(task, transaction));
    this.logger.debug({
      event: 'batch_finished',
      job: range.job,
      from: range.from,
      images: due.length,
      duration_ms: Math.round(performance.now() - started),
    });
  }

  /** The task ends, and one follow-up takes its place, together: there is never none, and never two. */
  private async settle(task: HeldTask<ImageRange>, transaction: Transaction): Promise<void> {
    if (!(await task.complete(transaction))) return;
    const next = await this.images.nextDue(transaction, task.payload);
    if (next === null) return;
    await this.queue.enqueue(
      BATCH_QUEUE,
      [{ payload: task.payload, priority: priorityOf(task.payload.from), startAfter: next }],
      transaction,
    );
  }
}

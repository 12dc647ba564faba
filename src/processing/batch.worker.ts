import { Injectable } from '@nestjs/common';
import { BATCH_QUEUE, SHORT_JOB_PRIORITY } from '../jobs/batches.js';
import { type Lane, QueueService } from '../queue/queue.service.js';
import type { Batch } from './batch.js';
import { BatchProcessor } from './batch.processor.js';

/**
 * The first lane is kept for jobs of less than one full batch, so that none of them waits for a long one; the second
 * takes the foremost batch there is. The others take no such job, none of the first ten batches of a job, none of the
 * first hundred: however many short jobs come, the later part of long ones goes on.
 */
const LANES: readonly Lane[] = [
  { minPriority: SHORT_JOB_PRIORITY },
  {},
  { maxPriority: 0 },
  { maxPriority: -1 },
  { maxPriority: -10 },
];

/** Takes batches off the queue in this process. */
@Injectable()
export class BatchWorker {
  constructor(
    private readonly queue: QueueService,
    private readonly processor: BatchProcessor,
  ) {}

  /** Begins to take batches; the queue's shutdown ends it. */
  async start(): Promise<void> {
    await this.queue.work<Batch>(BATCH_QUEUE, LANES, this.processor);
  }
}

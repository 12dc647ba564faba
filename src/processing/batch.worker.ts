import { Injectable } from '@nestjs/common';
import { BATCH_QUEUE, SHORT_JOB_PRIORITY } from '../jobs/batches.js';
import { type Lane, QueueService } from '../queue/queue.service.js';
import type { Batch } from './batch.js';
import { BatchProcessor } from './batch.processor.js';

/**
 * The first lane takes only jobs of less than one full batch, so that they do not wait for long jobs. The
 * second lane takes any batch by priority. The third lane excludes those short jobs, the fourth also the first
 * ten batches of each job, the fifth the first hundred. The later batches of long jobs therefore progress,
 * however many short jobs arrive.
 */
const LANES: readonly Lane[] = [
  { minPriority: SHORT_JOB_PRIORITY },
  {},
  { maxPriority: 0 },
  { maxPriority: -1 },
  { maxPriority: -10 },
];

/** Works on batches from the queue in this process. */
@Injectable()
export class BatchWorker {
  constructor(
    private readonly queue: QueueService,
    private readonly processor: BatchProcessor,
  ) {}

  /** Starts the lanes. The shutdown of the queue ends them. */
  async start(): Promise<void> {
    await this.queue.work<Batch>(BATCH_QUEUE, LANES, this.processor);
  }
}

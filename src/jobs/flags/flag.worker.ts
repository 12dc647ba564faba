import { Injectable } from '@nestjs/common';
import { QueueService } from '../../queue/queue.service.js';
import { FLAG_QUEUE, type FlagTask } from './flag-task.js';
import { FlagProcessor } from './flag.processor.js';

/** Compares and counts the images of ended jobs in this process, in a lane of its own. */
@Injectable()
export class FlagWorker {
  constructor(
    private readonly queue: QueueService,
    private readonly processor: FlagProcessor,
  ) {}

  /** Starts the lane. The shutdown of the queue ends it. */
  async start(): Promise<void> {
    await this.queue.work<FlagTask>(FLAG_QUEUE, [{}], this.processor);
  }
}

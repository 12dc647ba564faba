import { Injectable } from '@nestjs/common';
import { type Sweep, SWEEP_QUEUE } from '../sweeps.js';
import { QueueService } from '../../queue/queue.service.js';
import { SweepProcessor } from './sweep.processor.js';

/** Runs sweeps from the queue in this process, in their own lane. */
@Injectable()
export class SweepWorker {
  constructor(
    private readonly queue: QueueService,
    private readonly processor: SweepProcessor,
  ) {}

  /** Starts the lane. The shutdown of the queue ends it. */
  async start(): Promise<void> {
    await this.queue.work<Sweep>(SWEEP_QUEUE, [{}], this.processor);
  }
}

import { Injectable } from '@nestjs/common';
import { type Sweep, SWEEP_QUEUE } from '../sweeps.js';
import { QueueService } from '../../queue/queue.service.js';
import { SweepProcessor } from './sweep.processor.js';

/** Takes sweeps off the queue in this process, in a lane of their own. */
@Injectable()
export class SweepWorker {
  constructor(
    private readonly queue: QueueService,
    private readonly processor: SweepProcessor,
  ) {}

  /** Begins to take sweeps; the queue's shutdown ends it. */
  async start(): Promise<void> {
    await this.queue.work<Sweep>(SWEEP_QUEUE, [{}], this.processor);
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { QueueService } from '../queue/queue.service.js';
import { CallbackDelivery } from './callback-delivery.js';
import { CALLBACK_QUEUE, type CallbackTask } from './callback-task.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { CALLBACK_LANES } from './receiver-slots.js';
import { WebhooksService } from './webhooks.service.js';

/** Each lane makes one delivery at a time, so that a slow receiver delays no other delivery in its lane. */
const LANE_OPTIONS = { single: true, pollSeconds: 1 } as const;

/** Delivers webhooks from the queue in this process. */
@Injectable()
export class CallbackWorker {
  private readonly logger = new Logger('Callbacks');

  constructor(
    private readonly queue: QueueService,
    private readonly webhooks: WebhooksService,
    private readonly callbacks: CallbacksRepository,
    private readonly delivery: CallbackDelivery,
  ) {}

  /**
   * Starts the lanes. The shutdown of the queue ends them. Without a secret this process delivers nothing.
   */
  async start(): Promise<void> {
    if (this.webhooks.isAvailable) {
      const lanes = Array.from({ length: CALLBACK_LANES }, () => ({}));
      await this.queue.work<CallbackTask>(CALLBACK_QUEUE, lanes, this.delivery, LANE_OPTIONS);
    } else if (await this.callbacks.isAnyDue()) {
      this.logger.warn({
        event: 'callbacks_left',
        error: 'there are callbacks to deliver, and no WEBHOOK_SECRET',
      });
    }
  }
}

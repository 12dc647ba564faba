import { Injectable, Logger } from '@nestjs/common';
import { QueueService } from '../queue/queue.service.js';
import { WebhookDelivery } from './webhook-delivery.js';
import { WEBHOOK_QUEUE, type WebhookTask } from './webhook-task.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WEBHOOK_LANES } from './receiver-slots.js';
import { WebhooksService } from './webhooks.service.js';

/** Each lane makes one delivery at a time, so that a slow receiver delays no other delivery in its lane. */
const LANE_OPTIONS = { single: true, pollSeconds: 1 } as const;

/** Delivers webhooks from the queue in this process. */
@Injectable()
export class WebhookWorker {
  private readonly logger = new Logger('Callbacks');

  constructor(
    private readonly queue: QueueService,
    private readonly webhooks: WebhooksService,
    private readonly rows: WebhooksRepository,
    private readonly delivery: WebhookDelivery,
  ) {}

  /**
   * Starts the lanes. The shutdown of the queue ends them. Without a secret this process delivers nothing.
   */
  async start(): Promise<void> {
    if (this.webhooks.isAvailable) {
      const lanes = Array.from({ length: WEBHOOK_LANES }, () => ({}));
      await this.queue.work<WebhookTask>(WEBHOOK_QUEUE, lanes, this.delivery, LANE_OPTIONS);
    } else if (await this.rows.isAnyDue()) {
      this.logger.warn({
        event: 'callbacks_left',
        error: 'there are callbacks to deliver, and no WEBHOOK_SECRET',
      });
    }
  }
}

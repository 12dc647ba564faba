import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { QueueService } from '../queue/queue.service.js';
import { WEBHOOK_QUEUE, type WebhookTask } from './webhook-task.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from './webhooks.options.js';

/** The end of a job that a webhook reports. */
export interface JobEvent {
  readonly job: string;
  readonly run: number;
  readonly url: string;
  /** The body of the message. Later changes of the job do not change it. */
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: object };
}

/**
 * Webhooks as Standard Webhooks defines them. They are saved and enqueued in the caller's transaction, and
 * delivered by workers.
 */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly queue: QueueService,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** Whether a secret is configured. Without one, a job may not have a `callback_url`. */
  get isAvailable(): boolean {
    return this.options.secrets.length > 0;
  }

  /** Sends a webhook about the end of a job after the caller's transaction commits. */
  async schedule(transaction: Transaction, { job, run, url, body }: JobEvent): Promise<void> {
    const webhookId = `msg_${randomUUID().replaceAll('-', '')}`;
    await this.webhooks.insert(transaction, { job, run, url, webhookId, body: JSON.stringify(body) });
    await this.enqueue(transaction, { job, run, sending: 1 });
  }

  /** Sends the last webhook of the job again, with all its attempts. Returns false if it has none. */
  async sendAgain(transaction: Transaction, job: string): Promise<boolean> {
    const sending = await this.webhooks.sendAgain(transaction, job);
    if (sending !== undefined) await this.enqueue(transaction, sending);
    return sending !== undefined;
  }

  private async enqueue(transaction: Transaction, payload: WebhookTask): Promise<void> {
    await this.queue.enqueue<WebhookTask>(WEBHOOK_QUEUE, [{ payload }], transaction);
  }
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { QueueService } from '../queue/queue.service.js';
import type { HeldTask, TaskHandler } from '../queue/task-runner.js';
import { WEBHOOK_QUEUE, type WebhookTask } from './webhook-task.js';
import { pauseBeforeAttempt } from './webhook-retries.js';
import { type Attempted, WebhooksRepository, type DueWebhook } from './webhooks.repository.js';
import { ReceiverSlots } from './receiver-slots.js';
import { type Reception, WebhookSender } from './webhook-sender.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from './webhooks.options.js';

/** First and longest pause of a deferred delivery, in milliseconds. It doubles, with jitter. */
const MIN_DEFERRAL_MS = 250;
const MAX_DEFERRAL_MS = 30_000;

/**
 * Delivers webhooks. Each run makes one attempt, or none if no slot is free. Another attempt is enqueued as a
 * deferred task in the transaction that records this one, so that no lane waits. If the process dies between
 * the answer and that transaction, the webhook is delivered again.
 */
@Injectable()
export class WebhookDelivery implements TaskHandler<WebhookTask> {
  private readonly logger = new Logger('Callbacks');
  private readonly slots = new ReceiverSlots();

  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhooksRepository,
    private readonly sender: WebhookSender,
    private readonly queue: QueueService,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @throws an error of the database; the task is then retried */
  async run(task: HeldTask<WebhookTask>): Promise<void> {
    const webhook = await this.webhooks.findDue(task.payload);
    if (webhook === undefined) return this.settle(task, async () => undefined);
    if (task.stopping.aborted) return this.requeue(task, 0);
    const { host } = new URL(webhook.url);
    const slot = this.slots.acquire(host);
    if (slot === undefined) return this.defer(task);
    const started = performance.now();
    let reception: Reception;
    try {
      reception = await this.sender.post(webhook, task.signal);
      slot.end(reception.status === null ? undefined : performance.now() - started);
    } catch {
      slot.release();
      return this.requeue(task, 0);
    }
    await this.record(task, webhook, reception, host);
  }

  about({ run, sending }: WebhookTask): Readonly<Record<string, unknown>> {
    return { run, sending };
  }

  private async record(
    task: HeldTask<WebhookTask>,
    webhook: DueWebhook,
    { status, fault }: Reception,
    host: string,
  ): Promise<void> {
    const { job, run, sending } = task.payload;
    const attempts = webhook.attempts + 1;
    const isDelivered = status !== null && status >= 200 && status < 300;
    const pause = isDelivered ? undefined : pauseBeforeAttempt(this.options, attempts);
    const state: Attempted['state'] = isDelivered
      ? 'delivered'
      : pause === undefined
        ? 'given_up'
        : 'retrying';
    await this.settle(task, async (transaction) => {
      await this.webhooks.record(transaction, { job, run, sending }, webhook.webhook_id, { state, status });
      return pause === undefined ? undefined : { job, run, sending, afterMs: pause };
    });
    this.options.observer?.callbackTried(state);
    const fields = { event: `callback_${state}`, job_id: webhook.job_id, host, status, attempts };
    if (isDelivered) this.logger.debug(fields);
    else this.logger.warn({ ...fields, ...(fault === undefined ? {} : { fault }) });
  }

  private async defer(task: HeldTask<WebhookTask>): Promise<void> {
    const putOff = (task.payload.putOff ?? 0) + 1;
    const pause = Math.min(MIN_DEFERRAL_MS * 2 ** Math.min(putOff, 30), MAX_DEFERRAL_MS);
    await this.requeue(task, pause * (0.5 + Math.random() / 2), putOff);
  }

  private async requeue(task: HeldTask<WebhookTask>, afterMs: number, putOff?: number): Promise<void> {
    const { job, run, sending } = task.payload;
    await this.settle(task, async () => ({
      job,
      run,
      sending,
      afterMs,
      ...(putOff === undefined ? {} : { putOff }),
    }));
  }

  /**
   * Completes the task and enqueues the next one, in one transaction. Does nothing more if another process
   * holds the task.
   */
  private async settle(
    task: HeldTask<WebhookTask>,
    work: (transaction: Transaction) => Promise<(WebhookTask & { afterMs: number }) | undefined>,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const next = await work(transaction);
      if (!(await task.complete(transaction)) || next === undefined) return;
      const { afterMs, ...payload } = next;
      await this.queue.enqueue<WebhookTask>(WEBHOOK_QUEUE, [{ payload, afterMs }], transaction);
    });
  }
}

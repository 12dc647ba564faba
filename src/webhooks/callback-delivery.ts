import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { type HeldTask, QueueService, type TaskHandler } from '../queue/queue.service.js';
import { CALLBACK_QUEUE, type CallbackTask } from './callback-task.js';
import { pauseBeforeTry } from './callback-retries.js';
import { type Attempted, CallbacksRepository, type DueCallback } from './callbacks.repository.js';
import { ReceiverSlots } from './receiver-slots.js';
import { type Reception, WebhookSender } from './webhook-sender.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from './webhooks.options.js';

/** The pause of a delivery that is put off for the sake of others: it doubles from time to time, with jitter. */
const FIRST_PUT_OFF_MS = 250;
const MAX_PUT_OFF_MS = 30_000;

/**
 * Delivers callbacks. Each run is one attempt, or none where no slot is free. What has to be tried later goes back
 * as a deferred task, in the transaction that notes the try, so that nobody sleeps in a lane. Where a process dies
 * between the receiver's answer and that note, the callback is delivered again.
 */
@Injectable()
export class CallbackDelivery implements TaskHandler<CallbackTask> {
  private readonly logger = new Logger('Callbacks');
  private readonly slots = new ReceiverSlots();

  constructor(
    private readonly database: Database,
    private readonly callbacks: CallbacksRepository,
    private readonly sender: WebhookSender,
    private readonly queue: QueueService,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @throws when the database failed: the task goes back then */
  async run(task: HeldTask<CallbackTask>): Promise<void> {
    const callback = await this.callbacks.due(task.payload);
    if (callback === undefined) return this.settle(task, async () => undefined);
    if (task.stopping.aborted) return this.putBack(task, 0);
    const { host } = new URL(callback.url);
    const slot = this.slots.acquire(host);
    if (slot === undefined) return this.putOff(task);
    const started = performance.now();
    let reception: Reception;
    try {
      reception = await this.sender.post(callback, task.signal);
      slot.end(reception.status === null ? undefined : performance.now() - started);
    } catch {
      slot.release();
      return this.putBack(task, 0);
    }
    await this.record(task, callback, reception, host);
  }

  about({ run, sending }: CallbackTask): Readonly<Record<string, unknown>> {
    return { run, sending };
  }

  private async record(
    task: HeldTask<CallbackTask>,
    callback: DueCallback,
    { status, fault }: Reception,
    host: string,
  ): Promise<void> {
    const { job, run, sending } = task.payload;
    const attempts = callback.attempts + 1;
    const isDelivered = status !== null && status >= 200 && status < 300;
    const pause = isDelivered ? undefined : pauseBeforeTry(this.options, attempts);
    const state: Attempted['state'] = isDelivered
      ? 'delivered'
      : pause === undefined
        ? 'given_up'
        : 'retrying';
    await this.settle(task, async (transaction) => {
      await this.callbacks.record(transaction, { job, run, sending }, callback.webhook_id, { state, status });
      return pause === undefined ? undefined : { job, run, sending, afterMs: pause };
    });
    this.options.observer?.callbackTried(state);
    const told = { event: `callback_${state}`, job_id: callback.job_id, host, status, attempts };
    if (isDelivered) this.logger.debug(told);
    else this.logger.warn({ ...told, ...(fault === undefined ? {} : { fault }) });
  }

  private async putOff(task: HeldTask<CallbackTask>): Promise<void> {
    const putOff = (task.payload.putOff ?? 0) + 1;
    const pause = Math.min(FIRST_PUT_OFF_MS * 2 ** Math.min(putOff, 30), MAX_PUT_OFF_MS);
    await this.putBack(task, pause * (0.5 + Math.random() / 2), putOff);
  }

  private async putBack(task: HeldTask<CallbackTask>, afterMs: number, putOff?: number): Promise<void> {
    const { job, run, sending } = task.payload;
    await this.settle(task, async () => ({
      job,
      run,
      sending,
      afterMs,
      ...(putOff === undefined ? {} : { putOff }),
    }));
  }

  /** The task ends, and what follows takes its place, together. One that another process holds by now is left to that. */
  private async settle(
    task: HeldTask<CallbackTask>,
    work: (transaction: Transaction) => Promise<(CallbackTask & { afterMs: number }) | undefined>,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const next = await work(transaction);
      if (!(await task.complete(transaction)) || next === undefined) return;
      const { afterMs, ...payload } = next;
      await this.queue.enqueue<CallbackTask>(CALLBACK_QUEUE, [{ payload, afterMs }], transaction);
    });
  }
}

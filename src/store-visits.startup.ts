import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from './database/database.js';
import { missingColumns } from './database/missing-columns.js';
import { SCHEMA } from './database/schema.js';
import { isBehindTransactionPooler, TRANSACTION_POOLER } from './database/transaction-pooler.js';
import { WEBHOOK_QUEUE } from './webhooks/webhook-task.js';
import { WebhookWorker } from './webhooks/webhook.worker.js';
import { BATCH_QUEUE } from './jobs/batches.js';
import { FLAG_QUEUE } from './jobs/flags/flag-task.js';
import { FlagWorker } from './jobs/flags/flag.worker.js';
import { SWEEP_QUEUE } from './jobs/sweeps.js';
import { DEAD_LETTER_QUEUE } from './processing/batch.js';
import { BatchWorker } from './processing/batch.worker.js';
import { Retention } from './jobs/control/retention.js';
import { SweepWorker } from './jobs/control/sweep.worker.js';
import { QueueService } from './queue/queue.service.js';
import type { Role } from './store-visits.options.js';
import { entities } from './store-visits.entities.js';
import { ROLE } from './store-visits.options-module.js';

/** Starts the queue with the application, and also the workers if the role has them. */
@Injectable()
export class Startup implements OnApplicationBootstrap {
  constructor(
    @Inject(ROLE) private readonly role: Role,
    private readonly database: Database,
    private readonly queue: QueueService,
    private readonly batches: BatchWorker,
    private readonly sweeps: SweepWorker,
    private readonly webhooks: WebhookWorker,
    private readonly flags: FlagWorker,
    private readonly retention: Retention,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refuseTransactionPooler();
    await this.expectTables();
    await this.queue.start();
    await this.queue.createQueue(BATCH_QUEUE);
    await this.queue.createQueue(SWEEP_QUEUE);
    await this.queue.createQueue(WEBHOOK_QUEUE);
    await this.queue.createQueue(FLAG_QUEUE);
    await this.queue.createQueue(DEAD_LETTER_QUEUE);
    if (this.role === 'api') return;
    await this.batches.start();
    await this.sweeps.start();
    await this.webhooks.start();
    await this.flags.start();
    this.retention.start();
  }

  /** @throws Error if the DataSource does not keep its sessions. Without this check, it would hang or fail later. */
  private async refuseTransactionPooler(): Promise<void> {
    if (await isBehindTransactionPooler(this.database.connection))
      throw new Error(`StoreVisitsModule: the DataSource's database cannot be used: ${TRANSACTION_POOLER}`);
  }

  /** @throws Error if a migration has not run. Without this check, the first request or image would fail. */
  private async expectTables(): Promise<void> {
    const [missing] = await missingColumns(this.database, entities);
    if (missing === undefined) return;
    const { schema } = this.database;
    throw new Error(
      `StoreVisitsModule: the database has no ${schema}.${missing}. The migrations of this version have to run before the ` +
        `application starts: ${schema === SCHEMA ? 'migrations' : `migrationsIn('${schema}')`} of the package, in the DataSource`,
    );
  }
}

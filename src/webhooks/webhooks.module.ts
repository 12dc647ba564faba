import { type DynamicModule, Module } from '@nestjs/common';
import { WebhookDelivery } from './webhook-delivery.js';
import { WebhookWorker } from './webhook.worker.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksService } from './webhooks.service.js';

/** Webhooks. The worker must be started. */
@Module({
  providers: [WebhooksService, WebhooksRepository, WebhookWorker, WebhookDelivery, WebhookSender],
  exports: [WebhooksService, WebhookWorker],
})
export class WebhooksModule {
  /**
   * @param imports the rules for addresses, the database, the queue, and a provider of `WEBHOOKS_OPTIONS`
   */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: WebhooksModule, imports };
  }
}

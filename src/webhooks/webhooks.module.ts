import { type DynamicModule, Module } from '@nestjs/common';
import { HttpModule } from '@nestjs/axios';
import { AddressRule } from '../outbound/address-rule.js';
import { guardedAgents } from '../outbound/guarded-agents.js';
import { LOOKUP, type LookupAll } from '../outbound/lookup.js';
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
   * @param outbound the rules for addresses
   * @param imports the database, the queue, and a provider of `WEBHOOKS_OPTIONS`
   */
  static using(outbound: DynamicModule, ...imports: DynamicModule[]): DynamicModule {
    const http = HttpModule.registerAsync({
      imports: [outbound],
      inject: [AddressRule, LOOKUP],
      useFactory: (rule: AddressRule, lookup: LookupAll) => ({
        ...guardedAgents(rule, { lookup }),
        proxy: false,
        maxRedirects: 0,
        // Every status is an answer. The body is not used.
        validateStatus: null,
        responseType: 'stream',
        decompress: false,
        headers: { accept: '*/*', 'accept-encoding': 'identity' },
      }),
    });
    return { module: WebhooksModule, imports: [http, ...imports] };
  }
}

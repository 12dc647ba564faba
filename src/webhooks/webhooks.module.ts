import { type DynamicModule, Module } from '@nestjs/common';
import { HttpModule } from '@nestjs/axios';
import { AddressRule } from '../outbound/address-rule.js';
import { guardedAgents } from '../outbound/guarded-agents.js';
import { LOOKUP, type LookupAll } from '../outbound/lookup.js';
import { CallbackDelivery } from './callback-delivery.js';
import { CallbackWorker } from './callback.worker.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksService } from './webhooks.service.js';

/** Callbacks. Its worker rests until it is started. */
@Module({
  providers: [WebhooksService, CallbacksRepository, CallbackWorker, CallbackDelivery, WebhookSender],
  exports: [WebhooksService, CallbackWorker],
})
export class WebhooksModule {
  /** @param imports the database, the queue, and what provides `WEBHOOKS_OPTIONS`; beside them the outbound rules */
  static using(outbound: DynamicModule, ...imports: DynamicModule[]): DynamicModule {
    const http = HttpModule.registerAsync({
      imports: [outbound],
      inject: [AddressRule, LOOKUP],
      useFactory: (rule: AddressRule, lookup: LookupAll) => ({
        ...guardedAgents(rule, { lookup }),
        proxy: false,
        maxRedirects: 0,
        // The answer is its status, whichever; its body is nobody's.
        validateStatus: null,
        responseType: 'stream',
        decompress: false,
        headers: { accept: '*/*', 'accept-encoding': 'identity' },
      }),
    });
    return { module: WebhooksModule, imports: [http, ...imports] };
  }
}

import type { HttpService } from '@nestjs/axios';
import type { AddressRule } from '../outbound/address-rule.js';
import { guardedAgents } from '../outbound/guarded-agents.js';
import type { LookupAll } from '../outbound/lookup.js';

/**
 * Creates the HTTP client of webhooks, which connects only to permitted addresses. It loads axios, which takes about 60 ms. That is why it is created
 * for the first webhook, and not at the start of each application.
 */
export async function createWebhookClient(rule: AddressRule, lookup: LookupAll): Promise<HttpService> {
  const { HttpService: Service } = await import('@nestjs/axios');
  const { default: axios } = await import('axios');
  return new Service(
    axios.create({
      ...guardedAgents(rule, { lookup }),
      proxy: false,
      maxRedirects: 0,
      // Every status is an answer. The body is not used.
      validateStatus: null,
      responseType: 'stream',
      decompress: false,
      headers: { accept: '*/*', 'accept-encoding': 'identity' },
    }),
  );
}

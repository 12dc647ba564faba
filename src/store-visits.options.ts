import type { EventsOptions } from './events/events.options.js';
import type { FetchingOptions } from './images/fetching/fetching.options.js';
import type { HttpOptions } from './http/http.options.js';
import type { WebhooksOptions } from './events/webhooks/webhooks.options.js';
import type { JobsOptions } from './jobs/jobs.options.js';
import type { OutboundOptions } from './outbound/outbound.options.js';
import type { ProcessingOptions } from './processing/processing.options.js';
import type { QueueOptions } from './queue/queue.options.js';

/** What a process does: everything, the API without processing, or processing without the API. */
export type Role = 'all' | 'api' | 'worker';

/** Everything that varies. Nothing below reads the environment. */
export interface StoreVisitsOptions {
  readonly queue: QueueOptions;
  readonly http: HttpOptions;
  readonly events: EventsOptions;
  readonly jobs: JobsOptions;
  readonly outbound: OutboundOptions;
  readonly fetching: FetchingOptions;
  readonly webhooks: WebhooksOptions;
  readonly processing: ProcessingOptions;
}

export const STORE_VISITS_OPTIONS = Symbol('STORE_VISITS_OPTIONS');

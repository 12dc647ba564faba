import type { Sending } from './webhooks.repository.js';

/** The queue of the webhooks. */
export const WEBHOOK_QUEUE = 'callbacks';

/**
 * The payload of a task: one attempt at a sending. `putOff` counts how often it was deferred for other
 * receivers.
 */
export interface WebhookTask extends Sending {
  readonly putOff?: number;
}

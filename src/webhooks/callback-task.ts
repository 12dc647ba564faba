import type { Sending } from './callbacks.repository.js';

/** The queue of the webhooks. */
export const CALLBACK_QUEUE = 'callbacks';

/**
 * The payload of a task: one attempt at a sending. `putOff` counts how often it was deferred for other
 * receivers.
 */
export interface CallbackTask extends Sending {
  readonly putOff?: number;
}

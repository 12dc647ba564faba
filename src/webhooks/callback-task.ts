import type { Sending } from './callbacks.repository.js';

/** The queue of the callbacks. */
export const CALLBACK_QUEUE = 'callbacks';

/** The payload of a task: one try of a sending, and how often it was put off for the sake of other receivers. */
export interface CallbackTask extends Sending {
  readonly putOff?: number;
}

import type { Attempted } from './webhooks.repository.js';

/** Called with the result of each attempt after it was committed. It must not throw. */
export interface CallbackObserver {
  callbackTried(state: Attempted['state']): void;
}

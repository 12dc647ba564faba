import type { Attempted } from './callbacks.repository.js';

/** Is told what each try of a callback came to, once it is committed. It must not throw. */
export interface CallbackObserver {
  callbackTried(state: Attempted['state']): void;
}

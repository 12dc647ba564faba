import type { CallbackObserver } from './callback-observer.js';
import type { CallbackRetryOptions } from './callback-retries.js';

/** How callbacks are signed and delivered. */
export interface WebhooksOptions extends CallbackRetryOptions {
  /** What they are signed with, each of them, as `whsec_…`; none: there are no callbacks. */
  readonly secrets: readonly string[];
  /** Milliseconds for one try, from the look-up of the name to the status of the answer. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  readonly observer?: CallbackObserver;
}

export const WEBHOOKS_OPTIONS = Symbol('WEBHOOKS_OPTIONS');

import { list, option, secret, type Values, whole } from '../options/option.js';
import { DAY_MS } from '../options/units.js';
import type { CallbackObserver } from './callback-observer.js';
import { isWebhookSecret, SECRET_BYTES } from './webhook-signer.js';

const { min, max } = SECRET_BYTES;
const takes = `secrets as Standard Webhooks writes them: whsec_ and ${min} to ${max} bytes in base64`;

// prettier-ignore
export const WEBHOOKS_TABLE = {
  secrets: option('WEBHOOK_SECRET', [], secret(list(isWebhookSecret, takes)), 'Secrets that callbacks are signed with, as `whsec_…`. Several, comma-separated, all sign. Without one, a `callback_url` is refused.'),
  timeoutMs: option('WEBHOOK_TIMEOUT_MS', 10_000, whole(1, DAY_MS), 'Time for one attempt at a callback, in milliseconds.'),
  maxAttempts: option('WEBHOOK_MAX_ATTEMPTS', 12, whole(1, 100), 'Attempts at a callback before it fails.'),
  retryBaseMs: option('WEBHOOK_RETRY_BASE_MS', 5_000, whole(1, DAY_MS), 'First pause between attempts at a callback, in milliseconds. It grows threefold, up to 6 hours.'),
};

/** How webhooks are signed and delivered. */
export type WebhooksOptions = Values<typeof WEBHOOKS_TABLE> & {
  readonly userAgent: string;
  readonly observer?: CallbackObserver;
};

export const WEBHOOKS_OPTIONS = Symbol('WEBHOOKS_OPTIONS');

import { Webhook } from 'standardwebhooks';

/** The headers with which a receiver verifies a message. */
export interface SignatureHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

const SECRET = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
/** Length of a secret in bytes, by Standard Webhooks ("Signature scheme"). */
export const SECRET_BYTES = { min: 24, max: 64 } as const;

/** Whether a text is a secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookSecret(text: string): boolean {
  const [, base64] = SECRET.exec(text) ?? [];
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, 'base64').length;
  return bytes >= SECRET_BYTES.min && bytes <= SECRET_BYTES.max;
}

/**
 * Signs messages as Standard Webhooks says, with each secret, so that receivers may use either while a secret
 * is replaced.
 */
export class WebhookSigner {
  private readonly webhooks: readonly Webhook[];

  /** @throws Error for a secret that is not base64 */
  constructor(secrets: readonly string[]) {
    this.webhooks = secrets.map((secret) => new Webhook(secret));
  }

  /** The headers of a message that is sent at `at`. */
  sign(id: string, at: Date, body: string): SignatureHeaders {
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': this.webhooks.map((webhook) => webhook.sign(id, at, body)).join(' '),
    };
  }
}

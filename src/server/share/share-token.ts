import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a shared link opens, and until when. */
export interface Share {
  readonly jobId: string;
  readonly expiresAt: Date;
}

/** The beginning of a token, by which it is known from a key. */
const PREFIX = 'share_';
/** The purpose of the derived key (RFC 5869). Another version of the token needs another purpose. */
const PURPOSE = 'shelfline shared link 1';
const KEY_BYTES = 32;
const TOKEN = /^share_([\w-]{1,512})\.([\w-]{43})$/;

/** Derives the key that signs the shared links of an API key. It reveals nothing about the API key. */
export function deriveShareKey(apiKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', apiKey, '', PURPOSE, KEY_BYTES));
}

/** Whether a text that was sent as a key may be the token of a shared link. */
export function isShareToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Makes the token of a shared link, signed with HMAC-SHA256. */
export function createShareToken({ jobId, expiresAt }: Share, shareKey: Buffer): string {
  const payload = Buffer.from(JSON.stringify([jobId, Math.floor(expiresAt.getTime() / 1000)])).toString(
    'base64url',
  );
  return `${PREFIX}${payload}.${sign(payload, shareKey).toString('base64url')}`;
}

/**
 * Returns what a token opens, or undefined if the key did not sign it. The caller has to check that it has not expired. The duration does not depend on how
 * much of the signature is right.
 */
export function readShareToken(token: string, shareKey: Buffer): Share | undefined {
  const [, payload, signature] = TOKEN.exec(token) ?? [];
  if (payload === undefined || signature === undefined) return undefined;
  if (!timingSafeEqual(sign(payload, shareKey), Buffer.from(signature, 'base64url'))) return undefined;
  const content: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!Array.isArray(content)) return undefined;
  const [jobId, seconds]: readonly unknown[] = content;
  if (typeof jobId !== 'string' || typeof seconds !== 'number') return undefined;
  return { jobId, expiresAt: new Date(seconds * 1000) };
}

function sign(payload: string, shareKey: Buffer): Buffer {
  return createHmac('sha256', shareKey).update(payload).digest();
}

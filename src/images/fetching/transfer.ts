import type { AnswerReader } from './exchange.js';
import type { RequestHeaders } from './image-client.js';

/** Maximum number of requests for one file to one host. A host that needs more sends parts that are too small. */
export const MAX_REQUESTS = 32;

/** Sends a GET for the file. Resolves with whether the body was read to its end. */
export type SendRequest = (headers: RequestHeaders, reader: AnswerReader) => Promise<boolean>;

/** The host redirects to another URL. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly location: string | undefined;
  /** The values of `Set-Cookie`. */
  readonly cookies: readonly string[];
}

/** A number of bytes as text for people. */
export function sizeText(bytes: number): string {
  return bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} bytes`;
}

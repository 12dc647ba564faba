import type { Operation } from './api-document.js';

/**
 * A text that may hold references to what there is when it is sent: `‹job 3›`, `‹store 3›`, `‹visit 3›`, `‹cursor 3›`. What is raw is
 * sent as it stands, one byte a character; anything else is encoded for its place.
 */
export interface Text {
  readonly text: string;
  readonly raw?: true;
}

export interface FuzzBody {
  /** Of a body without compression. */
  readonly content: string | Uint8Array;
  /** What it is really compressed with. */
  readonly coding?: 'gzip' | 'deflate' | 'br' | 'zstd';
}

/** A request as it is generated. */
export interface FuzzRequest {
  /** The operation that it was made for. */
  readonly operation: Operation;
  readonly method: string;
  readonly path: readonly Text[];
  /** Behind the path, as it stands. */
  readonly suffix: string;
  readonly query: readonly (readonly [name: Text, value: Text | undefined])[];
  /** Values as bytes, one a character. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: FuzzBody | undefined;
  /** Whether all of it is as the document wants it. */
  readonly isValid: boolean;
}

/** UTF-8, one byte a character: how Node writes a header of any text. */
export function getBytes(text: string): string {
  return Buffer.from(text.toWellFormed(), 'utf8').toString('latin1');
}

/** Percent-encoded for a path or a query; lone surrogates as the bytes that UTF-8 would have for them. */
export function percentEncoded(text: string): string {
  return Array.from(text, (character) => {
    if (character.isWellFormed()) return encodeURIComponent(character);
    const unit = character.charCodeAt(0);
    return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]
      .map((byte) => `%${byte.toString(16)}`)
      .join('');
  }).join('');
}

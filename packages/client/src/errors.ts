import type { Fault } from './types.js';

/** What is known of a failed request beside its sentence. */
export interface ShelflineErrorInit {
  readonly status: number;
  readonly code: string;
  readonly details?: readonly Fault[];
  readonly retryAfterMs?: number | undefined;
  readonly body?: unknown;
  readonly cause?: unknown;
}

/** A request that failed. Its message is one sentence that a person can act on. */
export class ShelflineError extends Error {
  override readonly name = 'ShelflineError';
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The stable code of the API, or `unreachable` without an answer, or `not_shelfline` for an answer that is not the API's. */
  readonly code: string;
  /** The first 20 faults of the input. */
  readonly details: readonly Fault[];
  /** The time after which the server accepts another attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The answer as parsed JSON; undefined if it is none. */
  readonly body: unknown;

  constructor(message: string, init: ShelflineErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.status = init.status;
    this.code = init.code;
    this.details = init.details ?? [];
    this.retryAfterMs = init.retryAfterMs;
    this.body = init.body;
  }

  /** Whether the same request may succeed later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The longest part of an error that is read, in characters. */
const MAX_ERROR_LENGTH = 2_097_152;
const SECOND_MS = 1_000;

/** Converts the answer to a failed request. Reads its body. */
export async function toShelflineError(response: Response): Promise<ShelflineError> {
  const { status } = response;
  const body = parseJson(await readText(response));
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
  if (!isErrorBody(body))
    return new ShelflineError(`The server answered with the status ${status} and no reason.`, {
      status,
      code: 'not_shelfline',
      retryAfterMs,
    });
  // Where the API defines an exact body, it has no code and no details.
  const { error, code = 'refused', details = [] } = body;
  return new ShelflineError(error, { status, code, details, retryAfterMs, body });
}

interface ErrorBody {
  readonly error: string;
  readonly code?: string;
  readonly details?: readonly Fault[];
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const isCode = !('code' in body) || typeof body.code === 'string';
  return typeof body.error === 'string' && isCode && (!('details' in body) || Array.isArray(body.details));
}

async function readText({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length > MAX_ERROR_LENGTH) {
      await reader.cancel();
      return '';
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * SECOND_MS : undefined;
}

import { Readable } from 'node:stream';
import { refusalError } from './api-answer.js';
import type { Shape } from './api-shapes.js';
import { CliError, UnavailableError } from './cli-error.js';
import { errorCode, getMessage } from './error-code.js';
import { EXIT } from './exit-status.js';

/** The server and the API key. */
export interface Server {
  /** Without a trailing slash. */
  readonly url: string;
  readonly apiKey: string | undefined;
}

export interface ApiCall {
  readonly method?: 'GET' | 'POST';
  /** Path below the server's URL, percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The media type that the answer must have. */
  readonly accept?: string;
  /** Streamed. */
  readonly body?: Readable;
  readonly signal?: AbortSignal;
}

/** Longest part of an error that is read, in characters. */
const ERROR_LENGTH = 1_048_576;

/** Reasons of a failed connection. The server has received nothing. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name was not found',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** Reasons of a broken connection. */
const BROKEN: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_TIMEOUT: 'it took too long to answer',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending',
};

/** Calls the API. It interprets only error answers. */
export class ApiClient {
  constructor(private readonly server: Server) {}

  /**
   * Sends a request. Returns a successful answer of the requested type, whose body is not read yet.
   *
   * @throws CliError if the server refuses the request or is not Shelfline, UnavailableError if it cannot be
   *   reached or fails
   */
  async send({
    method = 'GET',
    path,
    query,
    headers,
    accept = 'application/json',
    body,
    signal,
  }: ApiCall): Promise<Response> {
    const search = new URLSearchParams(given(query)).toString();
    const url = `${this.server.url}${path}${search === '' ? '' : `?${search}`}`;
    const answer = await this.reach(
      fetch(url, {
        method,
        headers: given({ 'x-api-key': this.server.apiKey, accept, ...headers }),
        redirect: 'manual',
        ...(body === undefined ? {} : { body: Readable.toWeb(body), duplex: 'half' }),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    if (answer.ok) {
      if (getMediaType(answer) === accept) return answer;
      await answer.body?.cancel();
      throw this.foreign();
    }
    const text = await this.reach(limitedText(answer));
    throw refusalError(this.server.url, { status: answer.status, headers: answer.headers, text });
  }

  /**
   * The JSON of a successful answer.
   *
   * @throws CliError if it does not have the expected shape
   */
  async json<T extends object>(call: ApiCall, isShaped: Shape<T>): Promise<T> {
    const answer = await this.send(call);
    return this.parsed(await this.reach(answer.text()), isShaped);
  }

  /**
   * Parses JSON of the server.
   *
   * @throws CliError if it does not have the expected shape
   */
  parsed<T extends object>(text: string, isShaped: Shape<T>): T {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw this.foreign();
    }
    if (isShaped(body)) return body;
    throw this.foreign();
  }

  /** The body of an answer in chunks. Throws an UnavailableError if it breaks off. */
  async *toChunks({ body }: Response): AsyncGenerator<Uint8Array> {
    if (body === null) return;
    try {
      yield* Readable.fromWeb(body);
    } catch (error) {
      throw this.toCliError(error);
    }
  }

  /** The error for an answer of a proxy or of another server. */
  private foreign(): CliError {
    return new CliError(
      EXIT.usage,
      `${this.server.url} does not answer as Shelfline does: check --url`,
      'not_shelfline',
    );
  }

  private async reach<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.toCliError(error);
    }
  }

  /** Converts a network error to a sentence. An error of the request's body is returned as it is. */
  private toCliError(error: unknown): unknown {
    if (error instanceof CliError) return error;
    const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
    if (cause instanceof CliError) return cause;
    const { url } = this.server;
    const code = findNetworkCode(error);
    if (code !== undefined) {
      const notConnected = NOT_CONNECTED[code];
      if (notConnected !== undefined)
        return new UnavailableError(
          `The server at ${url} can't be reached: ${notConnected} (${code})`,
          'unreached',
          undefined,
          true,
        );
      const reason = BROKEN[code] ?? 'the connection failed';
      return new UnavailableError(`The server at ${url} did not answer to the end: ${reason} (${code})`);
    }
    // `fetch` refuses some requests itself, for example to ports of other services.
    if (cause === undefined) return error;
    return new UnavailableError(
      `The server at ${url} can't be reached: ${getMessage(cause)}`,
      'unreached',
      undefined,
      true,
    );
  }
}

/** The network's error code; for several addresses, that of the first. `fetch` wraps it once or twice. */
function findNetworkCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = errorCode(error);
  if (code !== undefined) return code;
  if ('errors' in error && Array.isArray(error.errors)) return findNetworkCode(error.errors[0]);
  return 'cause' in error ? findNetworkCode(error.cause) : undefined;
}

function given(values: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function getMediaType({ headers }: Response): string | undefined {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

async function limitedText({ body }: Response): Promise<string> {
  let text = '';
  if (body === null) return text;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length > ERROR_LENGTH) break;
  }
  return text;
}

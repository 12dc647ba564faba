import { Readable } from 'node:stream';
import { refusalError } from './api-answer.js';
import type { Shape } from './api-shapes.js';
import { CliError, UnavailableError } from './cli-error.js';
import { errorCode, getMessage } from './error-code.js';
import { EXIT } from './exit-status.js';

/** Where the server is, and who calls. */
export interface Server {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
}

export interface ApiCall {
  readonly method?: 'GET' | 'POST';
  /** Behind the server's URL, escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The media type that the answer has to have. */
  readonly accept?: string;
  /** Sent as it is read. */
  readonly body?: Readable;
  readonly signal?: AbortSignal;
}

/** More of an error than this is not read, in characters. */
const ERROR_LENGTH = 1_048_576;

/** What keeps a connection from coming about, in words: the server has heard nothing. */
const UNHEARD: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** What breaks it. */
const BROKEN: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_TIMEOUT: 'it took too long to answer',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending',
};

/** Calls the API. Knows nothing of what it says, but how it refuses. */
export class ApiClient {
  constructor(private readonly server: Server) {}

  /**
   * A successful answer of the type that is asked for, its body not read yet.
   *
   * @throws CliError where the server refuses or is another one, UnavailableError where it can't be reached or could not answer
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

  /** The JSON of a successful answer, where it has the shape that the caller relies on. */
  async json<T extends object>(call: ApiCall, isShaped: Shape<T>): Promise<T> {
    const answer = await this.send(call);
    return this.parsed(await this.reach(answer.text()), isShaped);
  }

  /**
   * What the server has sent as JSON.
   *
   * @throws CliError where it is none of ours
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

  /** The body of an answer as it comes. What breaks it off is an UnavailableError. */
  async *toChunks({ body }: Response): AsyncGenerator<Uint8Array> {
    if (body === null) return;
    try {
      yield* Readable.fromWeb(body);
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** Something between, or another server, has answered. */
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
      throw this.explained(error);
    }
  }

  /** In a sentence, where the way to the server is to blame. What broke the body that was sent says so itself. */
  private explained(error: unknown): unknown {
    if (error instanceof CliError) return error;
    const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
    if (cause instanceof CliError) return cause;
    const { url } = this.server;
    const code = findNetworkCode(error);
    if (code !== undefined) {
      const unheard = UNHEARD[code];
      if (unheard !== undefined)
        return new UnavailableError(
          `The server at ${url} can't be reached: ${unheard} (${code})`,
          'unreached',
          undefined,
          true,
        );
      const reason = BROKEN[code] ?? 'it could not be spoken to';
      return new UnavailableError(`The server at ${url} did not answer to the end: ${reason} (${code})`);
    }
    // What fetch itself refuses, such as the ports of other services.
    if (cause === undefined) return error;
    return new UnavailableError(
      `The server at ${url} can't be reached: ${getMessage(cause)}`,
      'unreached',
      undefined,
      true,
    );
  }
}

/** What the network says; of several addresses that were tried, of the first. `fetch` wraps it once or twice. */
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

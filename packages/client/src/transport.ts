import createFetchClient, { type Client } from 'openapi-fetch';
import { ShelflineError, toShelflineError } from './errors.js';
import type { paths } from './schema.js';

export interface ShelflineClientOptions {
  /** The origin of the server, such as `https://shelfline.example.com`. */
  readonly origin: string;
  /** Sent with every request. A server without keys needs none. */
  readonly apiKey?: string | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** Query parameters; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A body as text or bytes; a stream is sent as it comes. */
export type RequestBody = string | Blob | ReadableStream<Uint8Array>;

export interface RawRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the origin, percent-encoded. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: RequestBody;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests with the key. Every answer that is not successful is thrown as a {@link ShelflineError}. */
export class Transport {
  /** All routes of the OpenAPI document, typed. */
  readonly http: Client<paths, 'application/json'>;
  private readonly origin: string;

  constructor(private readonly options: ShelflineClientOptions) {
    this.origin = options.origin.replace(/\/+$/, '');
    this.http = createFetchClient<paths, 'application/json'>({
      baseUrl: this.origin,
      fetch: (request) => this.fetch(request),
    });
  }

  /** Sends a request whose body or answer is no JSON, or is streamed. */
  async send({
    method = 'GET',
    path,
    query = {},
    headers = {},
    body,
    signal,
  }: RawRequest): Promise<Response> {
    const search = toSearch(query);
    const isStream = body instanceof ReadableStream;
    return this.fetch(
      new Request(`${this.origin}${path}${search}`, {
        method,
        headers: withoutUndefined(headers),
        ...(body === undefined ? {} : { body }),
        ...(isStream ? { duplex: 'half' } : {}),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  }

  private async fetch(request: Request): Promise<Response> {
    const { apiKey, fetch = globalThis.fetch } = this.options;
    if (apiKey !== undefined) request.headers.set('x-api-key', apiKey);
    let response: Response;
    try {
      response = await fetch(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw unreachable(error);
    }
    if (!response.ok) throw await toShelflineError(response);
    return response;
  }
}

/** The error for a connection that failed, or broke before the answer was complete. */
export function unreachable(cause: unknown): ShelflineError {
  return new ShelflineError('The server does not answer. Check the connection and try again.', {
    status: 0,
    code: 'unreachable',
    cause,
  });
}

/** The JSON of a successful answer. */
export async function toJson<Body>(response: Response): Promise<Body> {
  const body: Body = JSON.parse(await response.text());
  return body;
}

/** The data of a successful answer. */
export async function toData<Data>(answer: Promise<{ readonly data?: Data }>): Promise<Data> {
  const { data } = await answer;
  if (data === undefined)
    throw new ShelflineError('The server answered without data.', { status: 200, code: 'not_shelfline' });
  return data;
}

function toSearch(query: Query): string {
  const parameters = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]): [string, string][] =>
      value === undefined || value === null ? [] : [[name, String(value)]],
    ),
  );
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

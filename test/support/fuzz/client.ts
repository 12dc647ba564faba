import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, type Dispatcher, Pool } from 'undici';
import { type FuzzBody, type FuzzRequest, percentEncoded, type Text } from './request.js';

/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  /** Path and query, one byte a character. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without compression. */
  readonly plainBody: Buffer | undefined;
  readonly body: Buffer | undefined;
}

/** An answer, read to its end; of an event stream what comes first. */
export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What there is on the server, by what references call it. */
export interface Known {
  readonly job: string[];
  readonly store: string[];
  readonly cursor: string[];
  readonly visit: string[];
}

/** Longest time for a request to be sent and answered to the end, in milliseconds: far more than any takes. */
const ANSWER_MS = 15_000;

/** Most ids of a kind that are kept: new ones take the places of old ones. */
const MAX_KNOWN = 300;
/** So many are kept though they were deleted. */
const MIN_KNOWN = 10;

/** Sends requests over connections that are kept alive, and remembers the ids and cursors of the answers. */
export class FuzzClient {
  sent = 0;
  private readonly pool: Pool;

  constructor(
    private readonly origin: string,
    connections: number,
    private readonly known: Known,
  ) {
    this.pool = new Pool(origin, { connections });
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /** The request with its references resolved. */
  write(request: FuzzRequest): SentRequest {
    const query = request.query.map(([name, value]) =>
      value === undefined ? this.encode(name) : `${this.encode(name)}=${this.encode(value)}`,
    );
    const path = request.path.map((segment) => this.encode(segment)).join('/') + request.suffix;
    const plainBody = request.body && Buffer.from(this.content(request.body));
    return {
      method: request.method,
      target: query.length === 0 ? path : `${path}?${query.join('&')}`,
      headers: request.headers,
      plainBody,
      body: plainBody && compressed(plainBody, request.body?.coding),
    };
  }

  async send({ method, target, headers, body }: SentRequest): Promise<FuzzAnswer> {
    this.sent += 1;
    const isStream = /\/events(?:[/?]|$)/i.test(target);
    // What is left before its end takes its connection with it: nothing else may wait on that.
    const dispatcher = isStream ? new Client(this.origin) : this.pool;
    const answer = await dispatcher.request({
      method,
      path: target,
      headers: headers.flat(),
      body: body ?? null,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await getFirst(answer);
    if (isStream) await dispatcher.destroy();
    if (method !== 'HEAD') this.remember(text);
    if (method === 'DELETE' && answer.statusCode === 204) this.forget(target);
    return { status: answer.statusCode, headers: answer.headers, text };
  }

  private remember(text: string): void {
    for (const [, kind, value = ''] of text.matchAll(/"(job_id|next_cursor)":"([^"]+)"/g)) {
      const known = kind === 'job_id' ? this.known.job : this.known.cursor;
      if (known.includes(value)) continue;
      if (known.length < MAX_KNOWN) known.push(value);
      else known[this.sent % MAX_KNOWN] = value;
    }
  }

  /** The job or store of a path that was deleted, where others are left. */
  private forget(target: string): void {
    for (const known of [this.known.job, this.known.store]) {
      const index = known.findIndex((id) => target.includes(percentEncoded(id)));
      if (index !== -1 && known.length > MIN_KNOWN) known.splice(index, 1);
    }
  }

  private content({ content }: FuzzBody): string | Uint8Array {
    return typeof content === 'string' ? this.resolve(content) : content;
  }

  private encode({ text, raw }: Text): string {
    return raw === true ? text : percentEncoded(this.resolve(text));
  }

  private resolve(text: string): string {
    return text
      .replaceAll(/‹(job|store|cursor|visit) (\d+)›/g, (_reference, kind: keyof Known, index: string) => {
        const known = this.known[kind];
        return known[Number(index) % known.length] ?? '';
      })
      .replace(/^([^]*)‹change (\d+) (.)›$/u, (_all, whole: string, at: string, to: string) => {
        const place = Number(at) % (whole.length + 1);
        return whole.slice(0, place) + to + whole.slice(place + 1);
      });
  }
}

/** An answer to its end, or to the first event of a stream: that may have no end. */
async function getFirst({ headers, body }: Dispatcher.ResponseData): Promise<string> {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return body.text();
  let text = '';
  for await (const chunk of body as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (/^data:.*\n\n/m.test(text)) break;
  }
  return text;
}

function compressed(content: Buffer, coding: FuzzBody['coding']): Buffer {
  switch (coding) {
    case undefined:
      return content;
    case 'gzip':
      return gzipSync(content);
    case 'deflate':
      return deflateSync(content);
    case 'br':
      return brotliCompressSync(content);
    case 'zstd':
      return zstdCompressSync(content);
  }
}

import { Pool } from 'undici';
import type { AddressRule } from '../../outbound/address-rule.js';
import { guardedConnector } from '../../outbound/guarded-connector.js';
import type { LookupAll } from '../../outbound/lookup.js';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import type { Attempt } from './attempt.js';
import { MAX_WINDOW } from './brotli-window.js';
import { isBroken, isConnectTimeout } from './connection-fault.js';
import { type AnswerReader, Exchange } from './exchange.js';
import type { FetchingOptions } from './fetching.options.js';
import { MeteredClient } from './metered-client.js';
import { OriginPools } from './origin-pools.js';
import type { Target } from './target.js';

/** Names and values of headers in turn. */
export type RequestHeaders = readonly string[];

/** Longest time that an idle connection is kept, whatever the host offers, in milliseconds. */
const KEEP_ALIVE_MS = 4_000;
/** For each download that may run at once so many connections are kept, those that are idle included. */
const KEPT_A_DOWNLOAD = 2;

/** Sends requests for images, over connections that are kept and go to permitted addresses alone. */
export class ImageClient {
  private readonly pools: OriginPools;
  private readonly headers: RequestHeaders;
  /** Bytes for the windows of all Brotli decoders; never less than one needs. */
  private readonly decodingMemory: FairSemaphore;

  constructor(addresses: AddressRule, lookup: LookupAll, options: FetchingOptions) {
    const connect = guardedConnector(addresses, { timeoutMs: options.timeoutMs, lookup });
    // The time of a try is kept by itself, for every phase; what undici keeps ends connections that nobody waits for.
    const settings = {
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    };
    const client = (origin: string | URL): MeteredClient => new MeteredClient(origin, settings, connect);
    const connections = options.hostConcurrency;
    this.pools = new OriginPools(
      options.concurrency * KEPT_A_DOWNLOAD,
      (origin) => new Pool(origin, { ...settings, connect, connections, factory: client }),
    );
    this.decodingMemory = new FairSemaphore(Math.max(Math.floor(options.memoryBytes / 4), MAX_WINDOW));
    this.headers = [
      'accept',
      'image/*,*/*;q=0.1',
      'accept-encoding',
      'identity',
      'user-agent',
      options.userAgent,
    ];
  }

  /**
   * Sends one GET. Resolves with whether the body was read to its end, when the reader has what it wants of the answer.
   *
   * A connection that breaks before an answer began is most often a kept one that the host was just closing: the request
   * is sent once more then, as RFC 9110 §9.2.2 allows. So it is when the connection was begun by an earlier try, and its
   * time is up before this one's.
   *
   * @throws what the connection or the reader threw, or what the attempt ended with
   */
  get(target: Target, headers: RequestHeaders, reader: AnswerReader, attempt: Attempt): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const send = (mayRepeat: boolean): void => {
        const exchange: Exchange = new Exchange(
          reader,
          resolve,
          (reason) => {
            const repeats = mayRepeat && !exchange.answered && !attempt.isOver;
            if (repeats && (isBroken(reason) || isConnectTimeout(reason))) queueMicrotask(() => send(false));
            else reject(reason);
          },
          this.decodingMemory,
        );
        attempt.bind(exchange);
        if (attempt.isOver) return;
        this.pools.dispatch(
          target.origin,
          { path: target.path, method: 'GET', headers: withDefaults(this.headers, headers) },
          exchange,
        );
      };
      send(true);
    });
  }

  /** Ends every connection; what is in flight fails. */
  async close(): Promise<void> {
    await this.pools.destroy();
  }
}

/** The headers of a request, with the usual ones where it has none of their names. */
function withDefaults(usual: RequestHeaders, given: RequestHeaders): string[] {
  const all = [...given];
  for (let at = 0; at < usual.length; at += 2) {
    const [name, value] = [usual[at], usual[at + 1]];
    const isGiven = given.some((each, index) => index % 2 === 0 && each === name);
    if (!isGiven && name !== undefined && value !== undefined) all.push(name, value);
  }
  return all;
}

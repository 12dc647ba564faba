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

/** Names and values of headers, alternating. */
export type RequestHeaders = readonly string[];

/** How long an idle connection is kept, whatever the host offers, in milliseconds. */
const KEEP_ALIVE_MS = 4_000;
/** Connections that are kept for each download that may run at once, including idle ones. */
const KEPT_A_DOWNLOAD = 2;

/** Sends requests for images over connections that are kept alive. Connects only to permitted addresses. */
export class ImageClient {
  private readonly pools: OriginPools;
  private readonly headers: RequestHeaders;
  /** Limits the bytes of the windows of all Brotli decoders. Always enough for one. */
  private readonly decodingMemory: FairSemaphore;

  constructor(addresses: AddressRule, lookup: LookupAll, options: FetchingOptions) {
    const connect = guardedConnector(addresses, { timeoutMs: options.timeoutMs, lookup });
    // Attempts have their own timeout for every phase. The timeouts of undici only end unused connections.
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
   * Sends one GET. Resolves when the reader needs no more, with whether the body was read to its end.
   *
   * A connection that breaks before an answer began is usually a kept one that the host was closing. The
   * request is then repeated once, as RFC 9110 §9.2.2 allows. It is also repeated if an earlier attempt began
   * the connection, whose timeout ends before that of this attempt.
   *
   * @throws the error of the connection or the reader, or the reason that ended the attempt
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

  /** Closes every connection. Requests in flight fail. */
  async close(): Promise<void> {
    await this.pools.destroy();
  }
}

/** The headers of a request, with the default ones whose names it does not have. */
function withDefaults(defaults: RequestHeaders, given: RequestHeaders): string[] {
  const all = [...given];
  for (let at = 0; at < defaults.length; at += 2) {
    const [name, value] = [defaults[at], defaults[at + 1]];
    const isOverridden = given.some((each, index) => index % 2 === 0 && each === name);
    if (!isOverridden && name !== undefined && value !== undefined) all.push(name, value);
  }
  return all;
}

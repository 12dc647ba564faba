import { Logger } from '@nestjs/common';
import { isLongRound, ownTurn } from '../../http/own-turn.js';
import type { HostRule } from '../../outbound/host-rule.js';
import type { Sources } from '../../outbound/sources/sources.js';
import type { CircuitCall } from '../hosts/circuit-breaker.js';
import { HostRefusedError, HostUnavailableError } from '../hosts/deferral-errors.js';
import type { CallEnd } from '../hosts/host.js';
import type { Flight, Series } from '../hosts/series.js';
import { Attempt } from './attempt.js';
import { connectionFault } from './connection-fault.js';
import { CookieJar } from './cookie-jar.js';
import { FetchFault } from './fetch-fault.js';
import type { FetchingOptions } from './fetching.options.js';
import { HostAccess } from './host-access.js';
import type { ImageClient, RequestHeaders } from './image-client.js';
import type { DeferredImage, FailedImage, RefusedImage } from './image-outcome.js';
import { ImageTargets } from './image-targets.js';
import { type HostRanges, RangeSupport } from './range-support.js';
import { S3Answer } from './s3-answer.js';
import { getHostName, type Target } from './target.js';
import type { Ask, Redirect } from './transfer.js';
import { answeredBy, endedBy, toDeferred, toRefused } from './call-end.js';

const NO_HEADERS: RequestHeaders = [];

/** Redirects followed in one attempt. */
export const MAX_REDIRECTS = 5;

/** Options of an attempt at an image. */
export interface FetchCallOptions {
  /** Aborts the attempt. */
  readonly signal?: AbortSignal;
  /** Aborts the attempt only while it waits for a slot. Default: `signal`. */
  readonly waiting?: AbortSignal;
  /** Slots go to different keys, such as jobs, in rotation. */
  readonly fairnessKey?: string;
  /** Returns how often an image was refused before. Default: 0. */
  readonly getRefusals?: (url: string) => number;
}

/** One host on the path of redirects that an attempt follows. */
interface Hop {
  readonly isFirst: boolean;
  /** How often the image was refused before. */
  readonly refusalsBefore: number;
  readonly headers: RequestHeaders;
}

/** Reads a file. Each redirect continues it at another host. */
interface Transfer<Done> {
  /** Bytes that were read. */
  readonly bytes: number;
  /** The result, if it was known before an error ended the reading. */
  readonly known?: unknown;
  from(ask: Ask, ranges: HostRanges): Promise<Done | Redirect>;
}

/** How a file is read and what results from it. All images that are measured share one object, so that a waiting image holds only its URL. */
export interface Purpose<T, Done, Result> {
  begin(): T;
  done(step: Done, transfer: T): Result;
  /** @param transfer undefined if the error came before the transfer began */
  failed(error: unknown, transfer: T | undefined): Result;
}

/**
 * Makes attempts at files. An attempt follows redirects, and acquires a slot of each host on its way. The circuit breaker stops
 * requests to hosts that are down.
 */
export class FileAttempts {
  private readonly logger = new Logger('ImageFetcher');
  private readonly access: HostAccess;
  private readonly targets: ImageTargets;
  private readonly ranges = new RangeSupport();

  /** @param memoryBytes memory that all downloads may hold together */
  constructor(
    private readonly client: ImageClient,
    hosts: HostRule,
    sources: Sources,
    private readonly options: FetchingOptions,
    memoryBytes: number,
  ) {
    this.targets = new ImageTargets(hosts, sources);
    this.access = new HostAccess((host) => sources.limitsFor(host), options, memoryBytes);
  }

  /** Number of downloads in flight. */
  get inFlight(): number {
    return this.access.inFlight;
  }

  /** Closes all connections. Downloads in flight fail with a retryable fault. */
  async close(): Promise<void> {
    this.access.close();
    await this.client.close();
  }

  /** The host of a URL; undefined if requests to it are forbidden, or its circuit is open. */
  hostToAsk(url: string): string | undefined {
    try {
      const host = getHostName(this.targets.first(url));
      return this.access.mayAsk(host) ? host : undefined;
    } catch {
      return undefined;
    }
  }

  /** Adds a series to the line for a host that {@link hostToAsk} returned. */
  enqueue(host: string, series: Series, { signal, waiting = signal, fairnessKey }: FetchCallOptions): void {
    this.access.enqueue(host, series, waiting, fairnessKey);
  }

  /**
   * Makes one attempt. Each redirect is checked again and acquires a slot of its own host. Rejects only with the reason of a
   * signal.
   *
   * @param granted the first host if a slot of it was acquired before, and the flight that can abort the attempt
   */
  async run<T extends Transfer<Done>, Done extends { readonly kind: string }, Result>(
    url: string,
    options: FetchCallOptions,
    purpose: Purpose<T, Done, Result>,
    granted?: { readonly host: string; readonly flight: Flight },
  ): Promise<Result> {
    const { signal, waiting = signal, fairnessKey } = options;
    if (granted === undefined) waiting?.throwIfAborted();
    let attempt: Attempt | undefined;
    let transfer: T | undefined;
    let host = '';
    try {
      // Attempts that fail at once, as at a forbidden address, would otherwise block the event loop together.
      if (isLongRound()) await ownTurn();
      let target = this.targets.areStale
        ? await this.freshTarget(url, granted?.host)
        : this.targets.first(url);
      let cookies: CookieJar | undefined;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        host = getHostName(target);
        if (granted?.host !== host || redirects > 0) {
          await this.access.acquire(host, waiting, fairnessKey);
        }
        // Many attempts may wait, so these are created only when a slot was acquired.
        attempt ??= this.begin(signal, granted?.flight);
        transfer ??= purpose.begin();
        const cookie = cookies?.headerFor(target);
        const step = await this.call(host, url, target, transfer, attempt, {
          isFirst: redirects === 0,
          refusalsBefore: options.getRefusals?.(url) ?? 0,
          headers: cookie === undefined ? NO_HEADERS : ['cookie', cookie],
        });
        if (!isRedirect(step)) return purpose.done(step, transfer);
        if (step.cookies.length > 0) (cookies ??= new CookieJar()).keep(step.cookies, target);
        target = this.targets.next(step.location, target);
      }
      throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
    } catch (error) {
      // A detached flight goes on after the signal of its batch aborted.
      if (granted?.flight.isDetached !== true) signal?.throwIfAborted();
      if (waiting?.aborted === true && error === waiting.reason) throw error;
      return purpose.failed(this.access.toRefusal(error, host, fairnessKey), transfer);
    } finally {
      attempt?.end();
      if (attempt !== undefined && attempt.spentMs > 0)
        this.options.observer?.imageFetched(attempt.spentMs, transfer?.bytes ?? 0);
    }
  }

  /** Converts an error to the outcome of an image. */
  toOutcome(error: unknown, contentLength: number | null): FailedImage | DeferredImage | RefusedImage {
    if (error instanceof HostUnavailableError) return toDeferred(error);
    if (error instanceof HostRefusedError) return toRefused(error);
    return this.toFault(error).toOutcome(contentLength);
  }

  /** Sends the requests of one hop, with a slot that was acquired before, and releases the slot. Records the result for the host. */
  private async call<Done>(
    host: string,
    image: string,
    target: Target,
    transfer: Transfer<Done>,
    attempt: Attempt,
    hop: Hop,
  ): Promise<Done | Redirect> {
    let call: CircuitCall | undefined;
    let end: CallEnd = { kind: 'unknown' };
    let requests = 0;
    const started = performance.now();
    attempt.start();
    try {
      call = this.access.beginCall(host, image);
      const own = hop.isFirst && this.targets.hasSource(target) ? await this.targets.headersFor(target) : [];
      const { s3 } = target;
      const step = await transfer.from((headers, reader) => {
        requests += 1;
        return this.client.get(
          target,
          [...hop.headers, ...own, ...headers],
          s3 === undefined ? reader : new S3Answer(reader, s3),
          attempt,
        );
      }, this.ranges.getRanges(host));
      end = answeredBy(attempt, started, requests);
      call.answered();
      return step;
    } catch (error) {
      if (transfer.known !== undefined) {
        end = answeredBy(attempt, started, requests);
        call?.answered();
        throw error;
      }
      const fault = connectionFault(error);
      call?.ended(fault);
      end = endedBy(fault, attempt, { started, requests, refusalsBefore: hop.refusalsBefore });
      throw error;
    } finally {
      attempt.pause();
      this.access.release(host, end);
    }
  }

  private begin(signal: AbortSignal | undefined, flight: Flight | undefined): Attempt {
    const attempt = new Attempt(this.options.timeoutMs, signal);
    if (flight !== undefined) {
      flight.abort = (reason) => attempt.abort(reason);
      flight.ignoreSignal = () => attempt.ignoreSignal();
    }
    return attempt;
  }

  /**
   * The first target of an attempt, after old sources were loaded again. Releases the granted slot if the target is at another
   * host now, or there is none.
   */
  private async freshTarget(url: string, granted: string | undefined): Promise<Target> {
    let target: Target | undefined;
    try {
      target = await this.targets.firstFresh(url);
      return target;
    } finally {
      const isStillGranted = target !== undefined && getHostName(target) === granted;
      if (granted !== undefined && !isStillGranted) this.access.release(granted);
    }
  }

  private toFault(error: unknown): FetchFault {
    const fault = connectionFault(error);
    if (fault !== undefined) return fault;
    this.logger.error(
      { event: 'fetch_failed_unexpectedly' },
      error instanceof Error ? error.stack : String(error),
    );
    return new FetchFault('internal', 'an unexpected fault of this service');
  }
}

function isRedirect(step: { readonly kind: string }): step is Redirect {
  return step.kind === 'redirect';
}

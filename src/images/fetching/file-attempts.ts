import { Logger } from '@nestjs/common';
import { isLongIteration, yieldToEventLoop } from '../../http/yield-to-event-loop.js';
import type { HostRule } from '../../outbound/host-rule.js';
import type { Sources } from '../../outbound/sources/sources.js';
import type { CircuitCall } from '../hosts/circuit-breaker.js';
import { HostRefusedError, HostUnavailableError } from '../hosts/deferral-errors.js';
import type { CallEnd } from '../hosts/host.js';
import type { Flight, Series } from '../hosts/series.js';
import type { ImageSize } from '../measuring/measurement.js';
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
import type { SendRequest, Redirect } from './transfer.js';
import { answeredBy, endedBy, toDeferred, toRefused } from './call-end.js';

const NO_HEADERS: RequestHeaders = [];

/** Redirects followed in one attempt. */
export const MAX_REDIRECTS = 5;

/** Options of an attempt at an image. */
export interface FetchCallOptions {
  /** Aborts the attempt. */
  readonly signal?: AbortSignal;
  /** Aborts the attempt only while it waits for a slot. Default: `signal`. */
  readonly waitSignal?: AbortSignal;
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
  /** The size, if the bytes so far contain it. */
  readonly sizeSoFar?: ImageSize | undefined;
  readFrom(sendRequest: SendRequest, ranges: HostRanges): Promise<Done | Redirect>;
}

/**
 * How a transfer is created, and how its end becomes a result. All measured images share one `TransferKind`, so that an image that
 * waits holds only its URL.
 */
export interface TransferKind<T, Done, Result> {
  createTransfer(): T;
  toResult(outcome: Done, transfer: T): Result;
  /** @param transfer undefined if the error came before the transfer was created */
  toFailedResult(error: unknown, transfer: T | undefined): Result;
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
  findAvailableHost(url: string): string | undefined {
    try {
      const host = getHostName(this.targets.first(url));
      return this.access.mayRequest(host) ? host : undefined;
    } catch {
      return undefined;
    }
  }

  /** Adds a series to the line for a host that {@link findAvailableHost} returned. */
  enqueue(
    host: string,
    series: Series,
    { signal, waitSignal = signal, fairnessKey }: FetchCallOptions,
  ): void {
    this.access.enqueue(host, series, waitSignal, fairnessKey);
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
    transferKind: TransferKind<T, Done, Result>,
    granted?: { readonly host: string; readonly flight: Flight },
  ): Promise<Result> {
    const { signal, waitSignal = signal, fairnessKey } = options;
    if (granted === undefined) waitSignal?.throwIfAborted();
    let attempt: Attempt | undefined;
    let transfer: T | undefined;
    let host = '';
    try {
      // Attempts that fail at once, as at a forbidden address, would otherwise block the event loop together.
      if (isLongIteration()) await yieldToEventLoop();
      let target = this.targets.areStale
        ? await this.reloadTarget(url, granted?.host)
        : this.targets.first(url);
      let cookies: CookieJar | undefined;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        host = getHostName(target);
        const hasSlot = redirects === 0 && granted?.host === host;
        if (!hasSlot) await this.access.acquire(host, waitSignal, fairnessKey);
        // Many attempts may wait, so these are created only when a slot was acquired.
        attempt ??= this.createAttempt(signal, granted?.flight);
        transfer ??= transferKind.createTransfer();
        const cookie = cookies?.headerFor(target);
        const outcome = await this.call(host, url, target, transfer, attempt, {
          isFirst: redirects === 0,
          refusalsBefore: options.getRefusals?.(url) ?? 0,
          headers: cookie === undefined ? NO_HEADERS : ['cookie', cookie],
        });
        if (!isRedirect(outcome)) return transferKind.toResult(outcome, transfer);
        if (outcome.cookies.length > 0) (cookies ??= new CookieJar()).keep(outcome.cookies, target);
        target = this.targets.next(outcome.location, target);
      }
      throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
    } catch (error) {
      // A detached flight goes on after the signal of its batch aborted.
      if (granted?.flight.isDetached !== true) signal?.throwIfAborted();
      if (waitSignal?.aborted === true && error === waitSignal.reason) throw error;
      return transferKind.toFailedResult(this.access.toRefusal(error, host, fairnessKey), transfer);
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
      const sourceHeaders =
        hop.isFirst && this.targets.hasSource(target) ? await this.targets.headersFor(target) : [];
      const { s3 } = target;
      const outcome = await transfer.readFrom((headers, reader) => {
        requests += 1;
        return this.client.get(
          target,
          [...hop.headers, ...sourceHeaders, ...headers],
          s3 === undefined ? reader : new S3Answer(reader, s3),
          attempt,
        );
      }, this.ranges.getRanges(host));
      end = answeredBy(attempt, started, requests);
      call.answered();
      return outcome;
    } catch (error) {
      // The size had arrived before the transfer broke off, so the host answered.
      if (transfer.sizeSoFar !== undefined) {
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

  private createAttempt(signal: AbortSignal | undefined, flight: Flight | undefined): Attempt {
    const attempt = new Attempt(this.options.timeoutMs, signal);
    if (flight !== undefined) {
      flight.abort = (reason) => attempt.abort(reason);
      flight.ignoreSignal = () => attempt.ignoreSignal();
    }
    return attempt;
  }

  /**
   * Loads old sources again, and returns the first target of an attempt. Releases the granted slot if the target is at another
   * host now, or there is none.
   */
  private async reloadTarget(url: string, granted: string | undefined): Promise<Target> {
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

function isRedirect(outcome: { readonly kind: string }): outcome is Redirect {
  return outcome.kind === 'redirect';
}

import { Logger } from '@nestjs/common';
import { isLongRound, ownTurn } from '../../http/own-turn.js';
import type { HostRule } from '../../outbound/host-rule.js';
import { isS3 } from '../../outbound/sources/s3-url.js';
import type { Sources } from '../../outbound/sources/sources.js';
import { Attempt } from './attempt.js';
import { connectionFault } from './connection-fault.js';
import { CookieJar } from './cookie-jar.js';
import { FetchFault, ThrottledFault } from './fetch-fault.js';
import { downloadsAtOnce } from './download-memory.js';
import type { FetchingOptions } from './fetching.options.js';
import {
  HostUnavailableError,
  HostRefusedError,
  HostStalledError,
  STALL_PAUSE_MS,
} from '../hosts/host-errors.js';
import { CHECK_EVERY_MS, type VisitEnd } from '../hosts/host.js';
import { CircuitBreaker, IMAGES_TO_OPEN, type CircuitVisit } from '../hosts/circuit-breaker.js';
import { HostSlots } from '../hosts/host-slots.js';
import type { ImageClient, RequestHeaders } from './image-client.js';
import type { FailedImage, DeferredImage, RefusedImage } from './image-outcome.js';
import { type HostRanges, RangeSupport } from './range-support.js';
import { answeredBy, endedBy, toDeferred, toRefused } from './visit-end.js';
import type { Flight, Series } from '../hosts/series.js';
import { S3Answer } from './s3-answer.js';
import { freshSources, hasSource, sourceHeaders } from './source-headers.js';
import { firstTarget, nextTarget, type Target } from './target.js';
import type { Ask, Redirect } from './transfer.js';

const NO_HEADERS: RequestHeaders = [];

/** Redirects followed in one try. */
export const MAX_REDIRECTS = 5;

/** The share of its time that this process may be at work for more requests in flight to be of any use. */
const BUSY = 0.9;
/** No batch waits longer for the probe of a host that failed again and again, in milliseconds. */
const LATE_PROBE_MS = 1_000;

/** Who asks for an image, and what ends the attempt early. */
export interface FetchCallOptions {
  /** Aborts the attempt. */
  readonly signal?: AbortSignal;
  /** Aborts the attempt while it waits for a slot, and not once it has one. Default: `signal`. */
  readonly waiting?: AbortSignal;
  /** Callers with different keys, such as jobs, get slots one after the other. */
  readonly fairnessKey?: string;
  /** How often an image was refused before; never, unless given. */
  readonly getRefusals?: (url: string) => number;
}

/** One of the requests that follow on each other's redirects. */
interface Hop {
  readonly isFirst: boolean;
  /** How often the image was refused before. */
  readonly refusalsBefore: number;
  readonly headers: RequestHeaders;
}

/** What is read of a file, from one host after the other as they send on. */
interface Transfer<Done> {
  /** Bytes that were read. */
  readonly bytes: number;
  /** What is known though not all of it was read. */
  readonly known?: unknown;
  from(ask: Ask, ranges: HostRanges): Promise<Done | Redirect>;
}

/** What a file is read for: one object for all images that are measured, so that each waits with no more than its URL. */
export interface Purpose<T, Done, Result> {
  begin(): T;
  done(step: Done, transfer: T): Result;
  /** @param transfer undefined where none had begun */
  failed(error: unknown, transfer: T | undefined): Result;
}

/**
 * Tries at files: each follows its redirects, and waits for a slot of each host on its way. The circuit
 * breaker keeps it from hosts that are down.
 */
export class FileAttempts {
  private readonly logger = new Logger('ImageFetcher');
  private readonly slots: HostSlots;
  private readonly circuits = new CircuitBreaker(undefined, {
    opened: (host, { code, message }) =>
      this.logger.warn({ event: 'circuit_opened', host, error_code: code, error: message }),
    closed: (host) => this.logger.log({ event: 'circuit_closed', host }),
  });
  private readonly ranges = new RangeSupport();
  /** What waits for a host, or is being fetched from it. */
  private readonly series = new Map<string, Set<Series>>();
  private readonly hostCheck: NodeJS.Timeout;
  private lastUse = performance.eventLoopUtilization();

  /** @param memoryBytes that all downloads may hold together */
  constructor(
    private readonly client: ImageClient,
    private readonly hosts: HostRule,
    private readonly sources: Sources,
    private readonly options: FetchingOptions,
    memoryBytes: number,
  ) {
    const { hostConcurrency, hostPatienceMs } = options;
    this.slots = new HostSlots(downloadsAtOnce(options, memoryBytes), hostConcurrency, {
      ...(hostPatienceMs === undefined ? {} : { patienceMs: hostPatienceMs }),
      leaveAfterMs: options.timeoutMs / 2,
      limitsFor: (host) => this.sources.limitsFor(host),
      events: {
        stalled: (host) => this.detach(host, new HostStalledError(STALL_PAUSE_MS)),
        throttled: (host, { message }, imagesPerSecond, pauseMs) =>
          this.logger.warn({
            event: 'host_throttled',
            host,
            error: message,
            images_per_second: Math.round(imagesPerSecond * 10) / 10,
            pause_ms: pauseMs,
          }),
        throttlingEnded: (host) => this.logger.log({ event: 'host_throttling_ended', host }),
      },
    });
    this.hostCheck = setInterval(() => this.checkHosts(), CHECK_EVERY_MS).unref();
  }

  /** Downloads in flight. */
  get inFlight(): number {
    return this.slots.inFlight;
  }

  /** Ends all connections. Downloads that still run fail, as ones to be tried again. */
  async close(): Promise<void> {
    clearInterval(this.hostCheck);
    this.slots.close();
    await this.client.close();
  }

  /** The host of a URL; undefined where it may not be asked, or not now. */
  hostToAsk(url: string): string | undefined {
    try {
      const host = getHostName(firstTarget(url, this.hosts, this.sources.current));
      return this.circuits.isAsked(host) ? host : undefined;
    } catch {
      return undefined;
    }
  }

  /** Puts what waits for one host, of {@link hostToAsk}, in the line. */
  enqueue(host: string, series: Series, { signal, waiting = signal, fairnessKey }: FetchCallOptions): void {
    const those = this.series.get(host) ?? new Set<Series>();
    this.series.set(host, those.add(series));
    const leave = (): void => {
      those.delete(series);
      if (those.size === 0 && this.series.get(host) === those) this.series.delete(host);
    };
    series.ended.then(leave, leave);
    this.slots.enqueue(host, series, waiting, fairnessKey);
  }

  /**
   * One try. Each hop is judged anew and waits for a slot of its own host. Rejects only with the reason of a signal.
   *
   * @param granted the first host, where a slot of it is held already, and how to break the attempt off
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
      // Attempts that fail at once, as at a forbidden address, would otherwise run in one piece.
      if (isLongRound()) await ownTurn();
      let target = this.sources.areStale
        ? await this.freshTarget(url, granted?.host)
        : firstTarget(url, this.hosts, this.sources.current);
      let cookies: CookieJar | undefined;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        host = getHostName(target);
        if (granted?.host !== host || redirects > 0) {
          this.circuits.check(host);
          await this.slots.acquire(host, waiting, fairnessKey);
        }
        // What only a transfer needs is made when it begins: many may wait.
        attempt ??= this.begin(signal, granted?.flight);
        transfer ??= purpose.begin();
        const cookie = cookies?.headerFor(target);
        const step = await this.visit(host, url, target, transfer, attempt, {
          isFirst: redirects === 0,
          refusalsBefore: options.getRefusals?.(url) ?? 0,
          headers: cookie === undefined ? NO_HEADERS : ['cookie', cookie],
        });
        if (!isRedirect(step)) return purpose.done(step, transfer);
        if (step.cookies.length > 0) (cookies ??= new CookieJar()).keep(step.cookies, target);
        target = nextTarget(step.location, target, this.hosts);
      }
      throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
    } catch (error) {
      if (granted?.flight.isDetached !== true) signal?.throwIfAborted();
      if (waiting?.aborted === true && error === waiting.reason) throw error;
      return purpose.failed(this.toRefusal(error, host, fairnessKey), transfer);
    } finally {
      attempt?.end();
      if (attempt !== undefined && attempt.spentMs > 0)
        this.options.observer?.imageFetched(attempt.spentMs, transfer?.bytes ?? 0);
    }
  }

  /** Why there is nothing of a file, or when to try. */
  toOutcome(error: unknown, contentLength: number | null): FailedImage | DeferredImage | RefusedImage {
    if (error instanceof HostUnavailableError) return toDeferred(error);
    if (error instanceof HostRefusedError) return toRefused(error);
    return this.toFault(error).toOutcome(contentLength);
  }

  /** Asks a host of which a slot was acquired, and gives that back. What it throws tells, too, how the host is. */
  private async visit<Done>(
    host: string,
    image: string,
    target: Target,
    transfer: Transfer<Done>,
    attempt: Attempt,
    hop: Hop,
  ): Promise<Done | Redirect> {
    let visit: CircuitVisit | undefined;
    let end: VisitEnd = { kind: 'unknown' };
    let requests = 0;
    const started = performance.now();
    attempt.start();
    try {
      visit = this.circuits.begin(host, image);
      const own =
        hop.isFirst && hasSource(target, this.sources) ? await sourceHeaders(target, this.sources) : [];
      const { s3 } = target;
      const step = await transfer.from((headers, reader) => {
        requests += 1;
        return this.client.get(
          target,
          [...hop.headers, ...own, ...headers],
          s3 === undefined ? reader : new S3Answer(reader, s3),
          attempt,
        );
      }, this.ranges.of(host));
      end = answeredBy(attempt, started, requests);
      visit.answered();
      return step;
    } catch (error) {
      if (transfer.known !== undefined) {
        end = answeredBy(attempt, started, requests);
        visit?.answered();
        throw error;
      }
      const fault = connectionFault(error);
      visit?.failed(fault);
      end = endedBy(fault, attempt, { started, requests, refusalsBefore: hop.refusalsBefore });
      throw error;
    } finally {
      attempt.pause();
      this.slots.release(host, end);
    }
  }

  private begin(signal: AbortSignal | undefined, flight: Flight | undefined): Attempt {
    const attempt = new Attempt(this.options.timeoutMs, signal);
    if (flight !== undefined) {
      flight.abort = (reason) => attempt.abort(reason);
      flight.letGo = () => attempt.ignoreSignal();
    }
    return attempt;
  }

  /**
   * Lets no batch wait for a host that does not answer. A few of its requests go on, as many as show that it is down; the
   * slots of the others are for hosts that answer.
   */
  private detach(host: string, reason: HostUnavailableError): void {
    let keep = IMAGES_TO_OPEN;
    for (const series of this.series.get(host) ?? []) keep -= series.detach(reason, keep);
  }

  /** What a host refused waits for it in the queue; anything else is what it was. */
  private toRefusal(error: unknown, host: string, fairnessKey: string | undefined): unknown {
    if (!(error instanceof ThrottledFault)) return error;
    return this.slots.toRefusal(host, error, error.retryAfterMs, fairnessKey);
  }

  private checkHosts(): void {
    const use = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(use, this.lastUse);
    this.lastUse = use;
    this.slots.check(utilization < BUSY);
    if (this.slots.size < 2) return;
    for (const host of this.circuits.lateProbes(LATE_PROBE_MS))
      this.detach(host, this.circuits.toUnavailable(host));
  }

  /**
   * The first target of an attempt. Sources that are old are read anew before an image of one of them is asked for. They may
   * be others then, at another host than the one of which a slot was granted.
   */
  private async freshTarget(url: string, granted: string | undefined): Promise<Target> {
    const { hosts, sources } = this;
    let target: Target | undefined;
    try {
      if (isS3(url) || hasSource(firstTarget(url, hosts, sources.current), sources))
        await freshSources(sources);
      else sources.refreshSoon();
      target = firstTarget(url, hosts, sources.current);
      return target;
    } finally {
      const isStillGranted = target !== undefined && getHostName(target) === granted;
      if (granted !== undefined && !isStillGranted) this.slots.release(granted);
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

/** The host of a URL, with its port where that is not the usual one. */
function getHostName(target: Target): string {
  return target.host.replace(/\.(?=:|$)/, '');
}

function isRedirect(step: { readonly kind: string }): step is Redirect {
  return step.kind === 'redirect';
}

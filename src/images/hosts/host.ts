import type { HostFault } from '../image-error-code.js';
import { ConcurrencyLimit, UNPROVEN_LIMIT } from './concurrency-limit.js';
import { Deferral, WAIT_HERE_MS } from './deferral.js';
import { STALL_PAUSE_MS } from './deferral-errors.js';
import { Pacer } from './pacer.js';
import { Silence } from './silence.js';

/** What is configured for one host. */
export interface HostLimits {
  /** Upper limit of requests in flight to the host. */
  readonly concurrency?: number;
  readonly requestsPerSecond?: number;
}

/** Images to defer. */
export interface DeferOptions {
  readonly fairnessKey: string;
  /** Number of images. */
  readonly images: number;
  /** Number of fairness keys that share the host. */
  readonly keys: number;
  /** Whether the host has never refused one of the images. */
  readonly hasNew: boolean;
}

/** How a call to a host ended. Times are in milliseconds. */
export type CallEnd =
  | {
      readonly kind: 'answered';
      /** Duration of the whole call. */
      readonly tookMs: number;
      /** Time from the last request to the first byte of its answer. */
      readonly latencyMs: number;
      readonly requests: number;
    }
  /** The host answered that it gets too many requests, or cannot serve now. */
  | {
      readonly kind: 'refused';
      readonly latencyMs: number;
      readonly retryAfterMs: number | null;
      readonly fault: HostFault;
      /** How often the host refused this image before. */
      readonly refusalsBefore: number;
    }
  /** No answer arrived, or the connection broke. */
  | { readonly kind: 'failed'; readonly latencyMs?: number }
  /** The call shows nothing about the host. */
  | { readonly kind: 'unknown' };

/**
 * How long several batches of a job wait for the first answer of a host that has not answered lately, in
 * milliseconds.
 */
export const FIRST_ANSWER_MS = 100;
/** After this many failures in a row a host counts as one that has not answered lately. */
const FAILURES_TO_DOUBT = 4;
/**
 * A host serves nothing if it refused this many different images, or all images that it has if they are fewer.
 */
const IMAGES_TO_JUDGE = 8;
/** How late an image may come back from the queue, in milliseconds. */
const LATE_MS = 3_000;

/** State and limits of one host in one process. */
export class Host {
  active = 0;
  /** Number of images deferred since the last answer. */
  deferredCount = 0;
  idleSince = 0;
  lastRefusal: HostFault | undefined;
  readonly pacer: Pacer;
  private deferral: Deferral | undefined;
  private readonly concurrency: ConcurrencyLimit;
  private max = 0;
  private proven = false;
  private readonly silence = new Silence();
  private failures = 0;
  /** When it first and last refused since it last served an image. */
  private refusedSince: number | undefined;
  private refusedAt = 0;
  /** Number of images that it refused for the first time since then. */
  private imagesRefused = 0;
  /** When the last deferred image comes back that the host has never refused. */
  private newAgainAt = Number.NEGATIVE_INFINITY;

  /** @param ceiling upper limit of requests in flight, whatever is configured for the host */
  constructor(
    private readonly ceiling: number,
    limits: HostLimits,
  ) {
    this.concurrency = new ConcurrencyLimit(ceiling);
    this.pacer = new Pacer();
    this.configure(limits);
  }

  /** Sets the limits. Returns whether they changed. */
  configure({
    concurrency = this.ceiling,
    requestsPerSecond = Number.POSITIVE_INFINITY,
  }: HostLimits): boolean {
    const max = Math.min(this.ceiling, concurrency);
    if (max === this.max && requestsPerSecond === this.pacer.maxRate) return false;
    this.max = max;
    this.concurrency.max = this.max;
    this.pacer.maxRate = requestsPerSecond;
    return true;
  }

  /** Whether it has answered lately. */
  get isProven(): boolean {
    return this.proven;
  }

  /** Number of requests that may be in flight. */
  get limit(): number {
    if (this.pacer.isProbing) return 1;
    return this.proven ? this.concurrency.value : Math.min(UNPROVEN_LIMIT, this.max);
  }

  /** Whether all its slots are in use and no answer arrives. */
  get isStalled(): boolean {
    return this.silence.isLong && this.active >= this.limit;
  }

  /** Whether it has stalled, and no answer arrived for `ms` milliseconds. */
  hasStalledFor(ms: number): boolean {
    return this.isStalled && this.silence.checkedMs >= ms;
  }

  /**
   * Whether it has not answered lately, and has requests in flight for {@link FIRST_ANSWER_MS} without an
   * answer.
   */
  isLateToAnswer(now: number): boolean {
    return !this.proven && this.active > 0 && this.silence.getMs(now) >= FIRST_ANSWER_MS;
  }

  isPaced(now: number): boolean {
    return this.pacer.imagesPerSecond !== Number.POSITIVE_INFINITY || this.pacer.pauseLeft(now) > 0;
  }

  /**
   * Whether it refused everything for at least `patienceMs`. A host may refuse only a few images, which come
   * again and again. While there are images that it never refused, it must therefore have refused {@link
   * IMAGES_TO_JUDGE} different ones.
   */
  hasServedNothing(patienceMs: number, now: number): boolean {
    if (this.refusedSince === undefined || this.refusedAt - this.refusedSince < patienceMs) return false;
    return this.imagesRefused >= IMAGES_TO_JUDGE || !this.hasNewImages(now);
  }

  private hasNewImages(now: number): boolean {
    return now <= this.newAgainAt + LATE_MS;
  }

  /** Number of images of each fairness key that may wait in this process. */
  roomInLine(keys: number, now: number): number {
    if (this.pacer.pauseLeft(now) > WAIT_HERE_MS) return 0;
    const { imagesPerSecond, isSearching } = this.pacer;
    const served = (imagesPerSecond * WAIT_HERE_MS * (isSearching ? 2 : 1)) / 1000;
    return Math.max(1, Math.floor(served / Math.max(1, keys)));
  }

  /** Whether one request may be sent to find out whether the host serves again. */
  isReadyForProbe(now: number): boolean {
    return this.active === 0 && this.pacer.pauseLeft(now) === 0;
  }

  /** Images of a fairness key request slots. They may have been deferred before. */
  recordReturned(fairnessKey: string, images: number, now: number): void {
    this.deferral?.recordReturned(fairnessKey, images, now);
  }

  /** Defers images of one fairness key. Returns when they come back from the queue, in milliseconds from now. */
  defer({ fairnessKey, images, keys, hasNew }: DeferOptions, now: number): number {
    this.deferredCount += images;
    this.deferral ??= new Deferral();
    const soonMs = Math.ceil(this.pacer.pauseLeft(now));
    const { imagesPerSecond, isSearching } = this.pacer;
    const rate = imagesPerSecond / keys;
    const afterMs =
      imagesPerSecond === Number.POSITIVE_INFINITY
        ? Math.max(soonMs, STALL_PAUSE_MS)
        : this.deferral.schedule({ fairnessKey, images, rate, isSearching, soonMs }, now);
    if (hasNew) this.newAgainAt = Math.max(this.newAgainAt, now + afterMs);
    return afterMs;
  }

  /** Records that a request is sent. */
  recordSent(now: number): void {
    if (this.active === 0) this.silence.restart(now);
    this.active += 1;
    if (this.active >= this.limit) this.silence.restartChecks();
    this.concurrency.sent(this.active);
    this.pacer.sent(now);
  }

  /** Records that a request has ended. Returns whether throttling began or ended with it. */
  recordEnd(end: CallEnd, now: number, mayGrow: boolean): 'throttled' | 'throttling_ended' | undefined {
    this.silence.restart(now);
    if (end.kind !== 'refused') this.deferredCount = 0;
    switch (end.kind) {
      case 'answered':
        this.failures = 0;
        this.proven = true;
        this.refusedSince = undefined;
        this.imagesRefused = 0;
        this.silence.recordDuration(end.tookMs);
        this.concurrency.answered(end.latencyMs, now, mayGrow);
        return this.pacer.served(now, end.requests - 1) ? 'throttling_ended' : undefined;
      case 'refused':
        return this.refuse(end, now);
      case 'failed':
        this.failures += 1;
        if (this.failures >= FAILURES_TO_DOUBT) this.proven = false;
        if (end.latencyMs !== undefined) this.concurrency.answered(end.latencyMs, now, mayGrow);
        return undefined;
      case 'unknown':
        return undefined;
    }
  }

  /** To be called every {@link CHECK_EVERY_MS} in which this process could read answers. */
  check(): void {
    this.silence.check();
    if (this.silence.isLong && this.active > 0) this.proven = false;
  }

  private refuse(recordEnd: CallEnd & { readonly kind: 'refused' }, now: number): 'throttled' | undefined {
    const wasThrottled = this.pacer.isThrottled;
    this.lastRefusal = recordEnd.fault;
    this.refusedSince ??= now;
    this.refusedAt = now;
    this.failures = 0;
    if (recordEnd.refusalsBefore === 0) this.imagesRefused += 1;
    // An image that was refused before says little about the host while other images are available.
    const isSuspect = recordEnd.refusalsBefore > 0 && this.hasNewImages(now);
    if (isSuspect && this.pacer.refusedAgain(now, recordEnd.retryAfterMs)) return undefined;
    return this.pacer.refused(now, now - recordEnd.latencyMs, recordEnd.retryAfterMs) && !wasThrottled
      ? 'throttled'
      : undefined;
  }
}

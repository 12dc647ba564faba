import type { HostFault } from '../image-error-code.js';
import { ConcurrencyLimit, UNPROVEN_LIMIT } from './concurrency-limit.js';
import { Deferral, WAIT_HERE_MS } from './deferral.js';
import { STALL_PAUSE_MS } from './host-errors.js';
import { Pacer } from './pacer.js';

/** What is configured for one host. */
export interface HostLimits {
  /** Requests in flight to it. */
  readonly concurrency?: number;
  readonly requestsPerSecond?: number;
}

/** How a visit to a host ended. Times are in milliseconds. */
export type VisitEnd =
  | {
      readonly kind: 'answered';
      /** All of it. */
      readonly tookMs: number;
      /** From the last request to the first byte of its answer. */
      readonly latencyMs: number;
      readonly requests: number;
    }
  /** The host answered that it is asked too much, or can't serve now. */
  | {
      readonly kind: 'refused';
      readonly latencyMs: number;
      readonly retryAfterMs: number | null;
      readonly fault: HostFault;
      /** How often the same image was refused before. */
      readonly refusalsBefore: number;
    }
  /** Nothing came, or it broke off. */
  | { readonly kind: 'failed'; readonly latencyMs?: number }
  /** It says nothing about the host. */
  | { readonly kind: 'unknown' };

/**
 * A host with all its slots taken has stalled when nothing has come back for so many checks, and so many times its usual
 * time. It is checks that are counted, since the clock goes on while this process gets no time to read what came back.
 */
export const CHECKS_TO_STALL = 4;
/** The same for a host that has answered lately. */
export const CHECKS_TO_STALL_AGAIN = 2;
const STALL_USUAL_TIMES = 4;
/** How long more than one batch of a job waits for the first answer of a host that has not answered lately, in milliseconds. */
export const FIRST_ANSWER_MS = 100;
/** How often {@link Host.check} is called, in milliseconds. */
export const CHECK_EVERY_MS = 250;
/** Failures in a row after which a host counts as one that has not answered lately. */
const FAILURES_TO_DOUBT = 4;
/** Different images that a host has to refuse before it is said to serve nothing, where it has so many. */
const IMAGES_TO_JUDGE = 8;
/** How late an image may come back from the queue, in milliseconds. */
const LATE_MS = 3_000;

/** What one process knows of a host, and how much it may be asked. */
export class Host {
  active = 0;
  /** Images held since something last came back. */
  held = 0;
  idleSince = 0;
  lastRefusal: HostFault | undefined;
  readonly pacer: Pacer;
  private deferral: Deferral | undefined;
  private readonly concurrency: ConcurrencyLimit;
  private max = 0;
  private proven = false;
  /** Checks since something of it came back, or something was sent to it while nothing was in flight. */
  private checks = 0;
  /** When something of it came back last, or something was sent to it while nothing was in flight. */
  private silentSince = 0;
  /** How long its answers take, the latest ones above all; 0 before the first. */
  private usualMs = 0;
  private failures = 0;
  /** When it first refused since it last served anything, and when it last did. */
  private refusedSince: number | undefined;
  private refusedAt = 0;
  /** Images that it refused for the first time since then. */
  private imagesRefused = 0;
  /** When the last image comes back that was put off and that it has never refused. */
  private newAgainAt = Number.NEGATIVE_INFINITY;

  /** @param ceiling requests in flight to it, whatever it is configured for */
  constructor(
    private readonly ceiling: number,
    limits: HostLimits,
  ) {
    this.concurrency = new ConcurrencyLimit(ceiling);
    this.pacer = new Pacer();
    this.configure(limits);
  }

  /** Sets the limits that hold from now on. Returns whether they are new. */
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

  /** Requests that may be in flight to it. */
  get limit(): number {
    if (this.pacer.isProbing) return 1;
    return this.proven ? this.concurrency.value : Math.min(UNPROVEN_LIMIT, this.max);
  }

  /** Whether all its slots are taken and nothing comes back. */
  get isStalled(): boolean {
    return this.isSilent && this.active >= this.limit;
  }

  /** Whether it has stalled, and nothing has come back for so many milliseconds. */
  hasStalledFor(ms: number): boolean {
    return this.isStalled && this.checks * CHECK_EVERY_MS >= ms;
  }

  /** Whether it has not answered lately, and nothing has come from it for {@link FIRST_ANSWER_MS} although it is asked. */
  isLateToAnswer(now: number): boolean {
    return !this.proven && this.active > 0 && now - this.silentSince >= FIRST_ANSWER_MS;
  }

  isPaced(now: number): boolean {
    return this.pacer.imagesPerSecond !== Number.POSITIVE_INFINITY || this.pacer.pauseLeft(now) > 0;
  }

  /**
   * Whether it refused everything for so long. A host may refuse a few images only, which come again and again. So while
   * there are images that it never refused, it has to have refused {@link IMAGES_TO_JUDGE} different ones.
   */
  hasServedNothing(patienceMs: number, now: number): boolean {
    if (this.refusedSince === undefined || this.refusedAt - this.refusedSince < patienceMs) return false;
    return this.imagesRefused >= IMAGES_TO_JUDGE || !this.hasNewImages(now);
  }

  private hasNewImages(now: number): boolean {
    return now <= this.newAgainAt + LATE_MS;
  }

  /** How many images of each fairness key may wait for it in this process. */
  roomInLine(keys: number, now: number): number {
    if (this.pacer.pauseLeft(now) > WAIT_HERE_MS) return 0;
    const { imagesPerSecond, isSearching } = this.pacer;
    const served = (imagesPerSecond * WAIT_HERE_MS * (isSearching ? 2 : 1)) / 1000;
    return Math.max(1, Math.floor(served / Math.max(1, keys)));
  }

  /** Whether one image may be asked for, to find out whether it serves again. */
  isReadyForProbe(now: number): boolean {
    return this.active === 0 && this.pacer.pauseLeft(now) === 0;
  }

  /** Images of a fairness key claim slots. They may have been deferred before. */
  cameBack(fairnessKey: string, images: number, now: number): void {
    this.deferral?.cameBack(fairnessKey, images, now);
  }

  /**
   * When images that have to wait in the queue come back, in milliseconds from now.
   *
   * @param keys how many fairness keys share the host
   * @param hasNew whether any of them is one that the host has not refused before
   */
  defer(fairnessKey: string, images: number, keys: number, hasNew: boolean, now: number): number {
    this.held += images;
    this.deferral ??= new Deferral();
    const soonMs = Math.ceil(this.pacer.pauseLeft(now));
    const { imagesPerSecond, isSearching } = this.pacer;
    const afterMs =
      imagesPerSecond === Number.POSITIVE_INFINITY
        ? Math.max(soonMs, STALL_PAUSE_MS)
        : this.deferral.of(fairnessKey, images, imagesPerSecond / keys, isSearching, soonMs, now);
    if (hasNew) this.newAgainAt = Math.max(this.newAgainAt, now + afterMs);
    return afterMs;
  }

  /** A request is sent. */
  begin(now: number): void {
    if (this.active === 0) {
      this.checks = 0;
      this.silentSince = now;
    }
    this.active += 1;
    if (this.active >= this.limit) this.checks = 0;
    this.concurrency.sent(this.active);
    this.pacer.sent(now);
  }

  /** A request has ended; says where its throttling begins or ends with it. */
  end(end: VisitEnd, now: number, mayGrow: boolean): 'throttled' | 'throttling_ended' | undefined {
    this.checks = 0;
    this.silentSince = now;
    if (end.kind !== 'refused') this.held = 0;
    switch (end.kind) {
      case 'answered':
        this.failures = 0;
        this.proven = true;
        this.refusedSince = undefined;
        this.imagesRefused = 0;
        this.usualMs = this.usualMs === 0 ? end.tookMs : this.usualMs * 0.8 + end.tookMs * 0.2;
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

  /** A quarter of a second has gone by in which this process could read what came. */
  check(): void {
    this.checks += 1;
    if (this.isSilent && this.active > 0) this.proven = false;
  }

  private get isSilent(): boolean {
    const fewest = this.usualMs > 0 ? CHECKS_TO_STALL_AGAIN : CHECKS_TO_STALL;
    return this.checks >= Math.max(fewest, (this.usualMs * STALL_USUAL_TIMES) / CHECK_EVERY_MS);
  }

  private refuse(end: VisitEnd & { readonly kind: 'refused' }, now: number): 'throttled' | undefined {
    const wasThrottled = this.pacer.isThrottled;
    this.lastRefusal = end.fault;
    this.refusedSince ??= now;
    this.refusedAt = now;
    this.failures = 0;
    if (end.refusalsBefore === 0) this.imagesRefused += 1;
    // An image that was refused before says little about the host while there are others to ask for.
    const isSuspect = end.refusalsBefore > 0 && this.hasNewImages(now);
    if (isSuspect && this.pacer.refusedAgain(now, end.retryAfterMs)) return undefined;
    return this.pacer.refused(now, now - end.latencyMs, end.retryAfterMs) && !wasThrottled
      ? 'throttled'
      : undefined;
  }
}

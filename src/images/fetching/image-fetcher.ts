import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { AddressRule } from '../../outbound/address-rule.js';
import { HostRule } from '../../outbound/host-rule.js';
import { LOOKUP, type LookupAll } from '../../outbound/lookup.js';
import { Attempt } from './attempt.js';
import { connectionFault } from './connection-fault.js';
import { Download } from './download.js';
import { FetchFault } from './fetch-fault.js';
import { downloadsAtOnce, FETCHING_OPTIONS, type FetchingOptions } from './fetching.options.js';
import { HeldBack } from './held-back.js';
import { HostHealth, type Visit } from './host-health.js';
import { CHECK_EVERY_MS, HostSlots } from './host-slots.js';
import { ImageClient } from './image-client.js';
import type { HeldImage, ImageOutcome } from './image-outcome.js';
import { outcomeOf } from './measurement-outcome.js';
import { firstTarget, nextTarget } from './target.js';

/** Redirects followed in one try. */
export const MAX_REDIRECTS = 5;

/** Whom a try is for, and when to leave it. */
export interface FetchWishes {
  /** Breaks it off. */
  readonly signal?: AbortSignal;
  /** Gives it up while it waits for a slot, and lets it finish once it has one; `signal` unless given. */
  readonly waiting?: AbortSignal;
  /** Slots are given in turns to each of these. */
  readonly turn?: string;
}

/** Fetches the first bytes of images and measures them. Hosts that fail again and again, or stall, are left in peace. */
@Injectable()
export class ImageFetcher implements OnApplicationShutdown {
  private readonly logger = new Logger('ImageFetcher');
  private readonly client: ImageClient;
  private readonly slots: HostSlots;
  private readonly health = new HostHealth(undefined, {
    leftAlone: (host, { code, message }) =>
      this.logger.warn({ event: 'host_left_alone', host, error_code: code, error: message }),
    answersAgain: (host) => this.logger.log({ event: 'host_answers_again', host }),
  });
  private readonly stallCheck: NodeJS.Timeout;

  constructor(
    addresses: AddressRule,
    private readonly hosts: HostRule,
    @Inject(LOOKUP) lookup: LookupAll,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
  ) {
    this.client = new ImageClient(addresses, lookup, options);
    this.slots = new HostSlots(downloadsAtOnce(options), options.hostConcurrency);
    this.stallCheck = setInterval(() => this.slots.checkStalls(), CHECK_EVERY_MS).unref();
  }

  /**
   * One try at one image. Resolves with its size or with why there is none, or with when to try while its host is not
   * asked; rejects only with the reason of a signal.
   *
   * @param url an absolute http or https URL
   */
  async fetch(url: string, wishes: FetchWishes = {}): Promise<ImageOutcome> {
    const { signal, waiting = signal } = wishes;
    waiting?.throwIfAborted();
    let download: Download | undefined;
    let attempt: Attempt | undefined;
    try {
      let target = firstTarget(url, this.hosts);
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        // Each hop is judged anew and waits for a slot of its own host. Thousands wait at a time: what only a download
        // needs is made when it begins.
        const host = target.host.replace(/\.(?=:|$)/, '');
        this.health.check(host);
        await this.slots.acquire(host, waiting, wishes.turn);
        attempt ??= new Attempt(this.options.timeoutMs, signal);
        download ??= new Download(this.options.maxBytes);
        const step = await this.visit(host, url, target, download, attempt);
        if (step.kind === 'measured') return outcomeOf(step.measurement, download.contentLength);
        target = nextTarget(step.location, target, this.hosts);
      }
      throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
    } catch (error) {
      signal?.throwIfAborted();
      if (waiting?.aborted === true && error === waiting.reason) throw error;
      // A size that is known is one, though the rest was wanted for the orientation.
      if (download?.known !== undefined) return outcomeOf(download.known, download.contentLength);
      if (error instanceof HeldBack) return heldBy(error);
      return this.faultOf(error).toOutcome(download?.contentLength ?? null);
    } finally {
      attempt?.end();
      if (attempt !== undefined && attempt.spentMs > 0)
        this.options.observer?.imageFetched(attempt.spentMs, download?.bytes ?? 0);
    }
  }

  /** Downloads in flight. */
  get inFlight(): number {
    return this.slots.inFlight;
  }

  /** Ends all connections. Downloads that still run fail, as ones to be tried again. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.stallCheck);
    await this.client.close();
  }

  /** Asks a host of which a slot was acquired, and gives that back. What it throws tells, too, how the host is. */
  private async visit(
    host: string,
    image: string,
    target: URL,
    download: Download,
    attempt: Attempt,
  ): ReturnType<Download['from']> {
    let visit: Visit | undefined;
    let answeredMs: number | undefined;
    const started = performance.now();
    attempt.start();
    try {
      visit = this.health.begin(host, image);
      const step = await download.from((headers, reader) =>
        this.client.get(target, headers, reader, attempt),
      );
      answeredMs = performance.now() - started;
      visit.answered();
      return step;
    } catch (error) {
      if (download.known === undefined) visit?.failed(connectionFault(error));
      else visit?.answered();
      throw error;
    } finally {
      attempt.pause();
      this.slots.release(host, answeredMs);
    }
  }

  private faultOf(error: unknown): FetchFault {
    const fault = connectionFault(error);
    if (fault !== undefined) return fault;
    this.logger.error({ event: 'fetch_failed_oddly' }, error instanceof Error ? error.stack : String(error));
    return new FetchFault('internal', 'an unexpected fault of this service');
  }
}

function heldBy({ afterMs, fault }: HeldBack): HeldImage {
  return {
    kind: 'held',
    afterMs,
    fault: fault === null ? null : { code: fault.code, reason: fault.message },
    contentLength: null,
  };
}

import { Inject, Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { AddressRule } from '../../outbound/address-rule.js';
import { HostRule } from '../../outbound/host-rule.js';
import { LOOKUP, type LookupAll } from '../../outbound/lookup.js';
import { IMAGE_ANALYZERS, type ImageAnalyzer } from '../analysing/image-analyzer.js';
import { Attempt } from './attempt.js';
import { connectionFault } from './connection-fault.js';
import { type Ask, Download, type Redirect } from './download.js';
import { FetchFault } from './fetch-fault.js';
import { downloadsAtOnce, FETCHING_OPTIONS, type FetchingOptions, sharesOf } from './fetching.options.js';
import type { FileStart } from './file-start.js';
import { HeldBack } from './held-back.js';
import { HostHealth, type Visit } from './host-health.js';
import { CHECK_EVERY_MS, HostSlots } from './host-slots.js';
import { ImageClient } from './image-client.js';
import type { FailedImage, HeldImage, ImageOutcome } from './image-outcome.js';
import { outcomeOf } from './measurement-outcome.js';
import { firstTarget, nextTarget } from './target.js';
import { tooLong, WholeDownload } from './whole-download.js';

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

/** What is read of a file, from one host after the other as they send on. */
interface Transfer<Done> {
  /** Bytes that were read. */
  readonly bytes: number;
  /** What is known though not all of it was read. */
  readonly known?: unknown;
  from(ask: Ask): Promise<Done | Redirect>;
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
  /** Whether outcomes have the start of the file: where there are analyzers. */
  private readonly keepsStarts: boolean;

  constructor(
    addresses: AddressRule,
    private readonly hosts: HostRule,
    @Inject(LOOKUP) lookup: LookupAll,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
    @Optional() @Inject(IMAGE_ANALYZERS) analyzers: readonly ImageAnalyzer[] = [],
  ) {
    this.client = new ImageClient(addresses, lookup, options);
    this.keepsStarts = analyzers.length > 0;
    const memoryBytes = this.keepsStarts ? sharesOf(options).downloads : options.memoryBytes;
    this.slots = new HostSlots(downloadsAtOnce(options, memoryBytes), options.hostConcurrency);
    this.stallCheck = setInterval(() => this.slots.checkStalls(), CHECK_EVERY_MS).unref();
  }

  /**
   * One try at one image. Resolves with its size or with why there is none, or with when to try while its host is not
   * asked; rejects only with the reason of a signal.
   *
   * @param url an absolute http or https URL
   */
  async fetch(url: string, wishes: FetchWishes = {}): Promise<ImageOutcome> {
    (wishes.waiting ?? wishes.signal)?.throwIfAborted();
    let download: Download | undefined;
    try {
      // Thousands wait at a time: what only a download needs is made when it begins.
      const begin = (): Download => (download ??= new Download(this.options.maxBytes, this.keepsStarts));
      const { measurement } = await this.follow(url, wishes, begin);
      return outcomeOf(measurement, download?.contentLength ?? null, download?.takeStart());
    } catch (error) {
      throwIfGivenUp(error, wishes);
      // A size that is known is one, though the rest was wanted for the orientation.
      if (download?.known !== undefined) {
        return outcomeOf(download.known, download.contentLength, download.takeStart());
      }
      return this.withoutSize(error, download?.contentLength ?? null);
    }
  }

  /**
   * The whole of a file whose start is known, by the rules that hold for {@link fetch} and in a time of its own. Resolves
   * with why there is none where that is so; rejects only with the reason of a signal.
   *
   * @param mostBytes that it may have
   */
  async fetchWhole(
    url: string,
    start: FileStart,
    mostBytes: number,
    wishes: FetchWishes = {},
  ): Promise<Buffer | FailedImage | HeldImage> {
    (wishes.waiting ?? wishes.signal)?.throwIfAborted();
    if (start.total !== null && start.total > mostBytes) return tooLong(mostBytes).toOutcome(start.total);
    let download: WholeDownload | undefined;
    try {
      const begin = (): WholeDownload => (download ??= new WholeDownload(start, mostBytes));
      return (await this.follow(url, wishes, begin)).bytes;
    } catch (error) {
      throwIfGivenUp(error, wishes);
      return this.withoutSize(error, start.total);
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

  /** Each hop is judged anew and waits for a slot of its own host. */
  private async follow<Done extends { readonly kind: string }>(
    url: string,
    { signal, waiting = signal, turn }: FetchWishes,
    begin: () => Transfer<Done>,
  ): Promise<Done> {
    let attempt: Attempt | undefined;
    let transfer: Transfer<Done> | undefined;
    try {
      let target = firstTarget(url, this.hosts);
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const host = target.host.replace(/\.(?=:|$)/, '');
        this.health.check(host);
        await this.slots.acquire(host, waiting, turn);
        attempt ??= new Attempt(this.options.timeoutMs, signal);
        transfer ??= begin();
        const step = await this.visit(host, url, target, transfer, attempt);
        if (!isRedirect(step)) return step;
        target = nextTarget(step.location, target, this.hosts);
      }
      throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
    } finally {
      attempt?.end();
      if (attempt !== undefined && attempt.spentMs > 0)
        this.options.observer?.imageFetched(attempt.spentMs, transfer?.bytes ?? 0);
    }
  }

  /** Asks a host of which a slot was acquired, and gives that back. What it throws tells, too, how the host is. */
  private async visit<Done>(
    host: string,
    image: string,
    target: URL,
    transfer: Transfer<Done>,
    attempt: Attempt,
  ): Promise<Done | Redirect> {
    let visit: Visit | undefined;
    let answeredMs: number | undefined;
    const started = performance.now();
    attempt.start();
    try {
      visit = this.health.begin(host, image);
      const step = await transfer.from((headers, reader) =>
        this.client.get(target, headers, reader, attempt),
      );
      answeredMs = performance.now() - started;
      visit.answered();
      return step;
    } catch (error) {
      if (transfer.known === undefined) visit?.failed(connectionFault(error));
      else visit?.answered();
      throw error;
    } finally {
      attempt.pause();
      this.slots.release(host, answeredMs);
    }
  }

  private withoutSize(error: unknown, contentLength: number | null): FailedImage | HeldImage {
    return error instanceof HeldBack ? heldBy(error) : this.faultOf(error).toOutcome(contentLength);
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

function isRedirect(step: { readonly kind: string }): step is Redirect {
  return step.kind === 'redirect';
}

function throwIfGivenUp(error: unknown, { signal, waiting }: FetchWishes): void {
  signal?.throwIfAborted();
  if (waiting?.aborted === true && error === waiting.reason) throw error;
}

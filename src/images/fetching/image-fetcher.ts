import { Inject, Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { AddressRule } from '../../outbound/address-rule.js';
import { HostRule } from '../../outbound/host-rule.js';
import { LOOKUP, type LookupAll } from '../../outbound/lookup.js';
import { IMAGE_ANALYZERS, type ImageAnalyzer, wants } from '../analysing/image-analyzer.js';
import { Attempt } from './attempt.js';
import { connectionFault } from './connection-fault.js';
import { type Ask, Download, type Glance, type MeasuredFile, type Redirect } from './download.js';
import { FetchFault } from './fetch-fault.js';
import { downloadsAtOnce, FETCHING_OPTIONS, type FetchingOptions, sharesOf } from './fetching.options.js';
import type { FileStart } from './file-start.js';
import { HeldBack } from './held-back.js';
import { HostHealth, type Visit } from './host-health.js';
import { CHECK_EVERY_MS, HostSlots } from './host-slots.js';
import { ImageClient } from './image-client.js';
import type { FailedImage, HeldImage, ImageOutcome } from './image-outcome.js';
import { outcomeOf } from './measurement-outcome.js';
import { Series } from './series.js';
import { authorityOf, firstTarget, nextTarget } from './target.js';
import { tooLong, WholeDownload, type WholeFile } from './whole-download.js';

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

/** Takes what came of an image. */
type TakeOutcome = (url: string, outcome: ImageOutcome) => Promise<void> | void;

/** What is read of a file, from one host after the other as they send on. */
interface Transfer<Done> {
  /** Bytes that were read. */
  readonly bytes: number;
  /** What is known though not all of it was read. */
  readonly known?: unknown;
  from(ask: Ask): Promise<Done | Redirect>;
}

/** What a file is read for: one object for all images that are measured, so that each waits with no more than its URL. */
interface Purpose<T, Done, Result> {
  begin(): T;
  done(step: Done, transfer: T): Result;
  /** @param transfer undefined where none had begun */
  failed(error: unknown, transfer: T | undefined): Result;
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
  /** Outcomes have the start of the file where an analyzer wants it. */
  private readonly glance: Glance | undefined;
  private readonly measuring: Purpose<Download, MeasuredFile, ImageOutcome> = {
    begin: () => new Download(this.options.maxBytes, this.glance),
    done: ({ measurement }, download) => outcomeOf(measurement, download.contentLength, download.takeStart()),
    failed: (error, download) =>
      // A size that is known is one, though the rest was wanted for the orientation.
      download?.known === undefined
        ? this.withoutSize(error, download?.contentLength ?? null)
        : outcomeOf(download.known, download.contentLength, download.takeStart()),
  };

  constructor(
    addresses: AddressRule,
    private readonly hosts: HostRule,
    @Inject(LOOKUP) lookup: LookupAll,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
    @Optional() @Inject(IMAGE_ANALYZERS) analyzers: readonly ImageAnalyzer[] = [],
  ) {
    this.client = new ImageClient(addresses, lookup, options);
    if (analyzers.length > 0)
      this.glance = (start, format) => analyzers.some((analyzer) => wants(analyzer, start, format));
    const memoryBytes = analyzers.length > 0 ? sharesOf(options).downloads : options.memoryBytes;
    this.slots = new HostSlots(downloadsAtOnce(options, memoryBytes), options.hostConcurrency);
    this.stallCheck = setInterval(() => this.slots.checkStalls(), CHECK_EVERY_MS).unref();
  }

  /**
   * One try at one image. Resolves with its size or with why there is none, or with when to try while its host is not
   * asked; rejects only with the reason of a signal.
   *
   * @param url an absolute http or https URL
   */
  fetch(url: string, wishes: FetchWishes = {}): Promise<ImageOutcome> {
    return this.follow(url, wishes, this.measuring);
  }

  /**
   * One try at each of many images, as {@link fetch} makes it. Those of one host stand in the line together, as their URLs,
   * each is begun when it gets a slot: what waits grows old, and costs.
   *
   * @param urls all different
   * @param take what came of each, as it comes
   * @returns when nothing more will come: those that waited when `waiting` aborted, and those that `signal` broke off, are
   *   left out
   * @throws what `take` threw first; those that wait are given up then
   */
  async fetchAll(urls: Iterable<string>, wishes: FetchWishes, take: TakeOutcome): Promise<void> {
    const { signal, waiting = signal } = wishes;
    const failed = new AbortController();
    const unlessFailed = waiting === undefined ? failed.signal : AbortSignal.any([waiting, failed.signal]);
    const byAuthority = Map.groupBy(urls, authorityOf);
    try {
      await Promise.all(
        [...byAuthority.values()].map((those) =>
          this.fetchOfHost(those, { ...wishes, waiting: unlessFailed }, take),
        ),
      );
    } catch (error) {
      failed.abort(error);
      throw error;
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
    if (start.total !== null && start.total > mostBytes) return tooLong(mostBytes).toOutcome(start.total);
    return this.follow<WholeDownload, WholeFile, Buffer | FailedImage | HeldImage>(url, wishes, {
      begin: () => new WholeDownload(start, mostBytes),
      done: ({ bytes }) => bytes,
      failed: (error) => this.withoutSize(error, start.total),
    });
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

  private async fetchOfHost(urls: readonly string[], wishes: FetchWishes, take: TakeOutcome): Promise<void> {
    const { signal, waiting = signal, turn } = wishes;
    const tryAt = async (url: string, granted?: string): Promise<void> => {
      try {
        await take(url, await this.follow(url, wishes, this.measuring, granted));
      } catch (error) {
        if (waiting?.aborted !== true) throw error;
      }
    };
    const host = this.hostToAsk(urls[0] ?? '');
    if (host === undefined) {
      await Promise.all(urls.map((url) => tryAt(url)));
      return;
    }
    const series = new Series(
      urls,
      (url) => tryAt(url, host),
      async (url, reason) => take(url, heldBy(reason)),
    );
    this.slots.claim(host, series, waiting, turn);
    await series.ended;
  }

  /** The host of a URL; undefined where it may not be asked, or not now. */
  private hostToAsk(url: string): string | undefined {
    try {
      const host = nameOf(firstTarget(url, this.hosts));
      return this.health.isAsked(host) ? host : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Each hop is judged anew and waits for a slot of its own host. Rejects only with the reason of a signal.
   *
   * @param granted the first host, where a slot of it is held already
   */
  private async follow<T extends Transfer<Done>, Done extends { readonly kind: string }, Result>(
    url: string,
    wishes: FetchWishes,
    purpose: Purpose<T, Done, Result>,
    granted?: string,
  ): Promise<Result> {
    const { signal, waiting = signal, turn } = wishes;
    if (granted === undefined) waiting?.throwIfAborted();
    let attempt: Attempt | undefined;
    let transfer: T | undefined;
    try {
      let target = firstTarget(url, this.hosts);
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const host = nameOf(target);
        if (granted === undefined || redirects > 0) {
          this.health.check(host);
          await this.slots.acquire(host, waiting, turn);
        }
        // What only a transfer needs is made when it begins: many may wait.
        attempt ??= new Attempt(this.options.timeoutMs, signal);
        transfer ??= purpose.begin();
        const step = await this.visit(host, url, target, transfer, attempt);
        if (!isRedirect(step)) return purpose.done(step, transfer);
        target = nextTarget(step.location, target, this.hosts);
      }
      throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
    } catch (error) {
      signal?.throwIfAborted();
      if (waiting?.aborted === true && error === waiting.reason) throw error;
      return purpose.failed(error, transfer);
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

/** The host of a URL, with its port where that is not the usual one. */
function nameOf(target: URL): string {
  return target.host.replace(/\.(?=:|$)/, '');
}

function isRedirect(step: { readonly kind: string }): step is Redirect {
  return step.kind === 'redirect';
}

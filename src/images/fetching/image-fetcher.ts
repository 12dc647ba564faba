import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { AddressRule } from '../../outbound/address-rule.js';
import { HostRule } from '../../outbound/host-rule.js';
import { LOOKUP, type LookupAll } from '../../outbound/lookup.js';
import { Sources } from '../../outbound/sources/sources.js';
import { Download, type MeasuredFile } from './download.js';
import { toMemoryShares } from './download-memory.js';
import { FETCHING_OPTIONS, type FetchingOptions } from './fetching.options.js';
import { FILE_INTEREST, type FileInterest } from './file-interest.js';
import type { FileStart } from './file-start.js';
import { FileAttempts, type FetchCallOptions, type Purpose } from './file-attempts.js';
import { ImageClient } from './image-client.js';
import { LateFaults } from './late-faults.js';
import type { FailedImage, DeferredImage, ImageOutcome, RefusedImage } from './image-outcome.js';
import { toMeasuredOutcome } from './measurement-outcome.js';
import { type Flight, Series } from '../hosts/series.js';
import { getAuthority } from './target.js';
import { tooLong, WholeDownload, type WholeFile } from './whole-download.js';

const NO_SOURCES = { allowedHosts: [], allowedNetworks: [] };

/** A slot of a host, and the image that it is for. */
interface Granted {
  readonly host: string;
  readonly flight: Flight;
}

/** Takes what came of an image. */
type TakeOutcome = (url: string, outcome: ImageOutcome) => Promise<void> | void;

/** Fetches the first bytes of images and measures them. Hosts that fail again and again, or stall, are left in peace. */
@Injectable()
export class ImageFetcher implements OnApplicationShutdown {
  private readonly tries: FileAttempts;
  private readonly lateFaults = new LateFaults();
  private readonly measuring: Purpose<Download, MeasuredFile, ImageOutcome> = {
    begin: () => new Download(this.options.maxBytes, this.interest),
    done: ({ measurement }, download) =>
      toMeasuredOutcome(measurement, download.contentLength, download.takeStart(), download.contentType),
    failed: (error, download) =>
      // A size that is known is one, though the rest was wanted for the orientation.
      download?.known === undefined
        ? this.tries.toOutcome(error, download?.contentLength ?? null)
        : toMeasuredOutcome(download.known, download.contentLength, download.takeStart()),
  };

  /** @param interest outcomes have the start of the file, and its EXIF block, where it wants them */
  constructor(
    addresses: AddressRule,
    hosts: HostRule,
    @Inject(LOOKUP) lookup: LookupAll,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
    @Optional() @Inject(FILE_INTEREST) private readonly interest?: FileInterest,
    @Optional() @Inject(Sources) sources: Sources = new Sources(hosts, NO_SOURCES),
  ) {
    const memoryBytes = interest === undefined ? options.memoryBytes : toMemoryShares(options).downloads;
    const client = new ImageClient(addresses, lookup, options);
    this.tries = new FileAttempts(client, hosts, sources, options, memoryBytes);
  }

  /**
   * One try at each of many images. Those of one host stand in the line together, as their URLs, each is begun when it gets a
   * slot: what waits grows old, and costs.
   *
   * @param urls absolute http or https URLs, all different
   * @param take what came of each, as it comes: its size, or why there is none, or when to try while its host is not asked
   * @returns when nothing more will come: those that waited when `waiting` aborted, and those that `signal` broke off, are
   *   left out
   * @throws what `take` threw first; those that wait are given up then
   */
  async fetchAll(urls: Iterable<string>, options: FetchCallOptions, take: TakeOutcome): Promise<void> {
    const { signal, waiting = signal } = options;
    const failed = new AbortController();
    const unlessFailed = waiting === undefined ? failed.signal : AbortSignal.any([waiting, failed.signal]);
    const late = new Map<string, FailedImage>();
    const due: string[] = [];
    for (const url of urls) {
      const fault = this.lateFaults.remove(url);
      if (fault === undefined) due.push(url);
      else late.set(url, fault);
    }
    const byAuthority = Map.groupBy(due, getAuthority);
    try {
      for (const [url, fault] of late) await take(url, fault);
      await Promise.all(
        [...byAuthority.values()].map((those) =>
          this.fetchOfHost(those, { ...options, waiting: unlessFailed }, take),
        ),
      );
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  /**
   * The whole of a file whose start is known, by the rules that hold for {@link fetchAll} and in a time of its own. Resolves
   * with why there is none where that is so; rejects only with the reason of a signal.
   *
   * @param mostBytes that it may have
   */
  async fetchWhole(
    url: string,
    start: FileStart,
    mostBytes: number,
    options: FetchCallOptions = {},
  ): Promise<Buffer | FailedImage | DeferredImage | RefusedImage> {
    if (start.total !== null && start.total > mostBytes) return tooLong(mostBytes).toOutcome(start.total);
    return this.tries.run<WholeDownload, WholeFile, Buffer | FailedImage | DeferredImage | RefusedImage>(
      url,
      options,
      {
        begin: () => new WholeDownload(start, mostBytes),
        done: ({ bytes }) => bytes,
        failed: (error) => this.tries.toOutcome(error, start.total),
      },
    );
  }

  /** Downloads in flight. */
  get inFlight(): number {
    return this.tries.inFlight;
  }

  /** Ends all connections. Downloads that still run fail, as ones to be tried again. */
  async onApplicationShutdown(): Promise<void> {
    await this.tries.close();
  }

  private async fetchOfHost(
    urls: readonly string[],
    options: FetchCallOptions & { readonly waiting: AbortSignal },
    take: TakeOutcome,
  ): Promise<void> {
    const tryAt = async (url: string, granted?: Granted): Promise<void> => {
      try {
        const outcome = await this.tries.run(url, options, this.measuring, granted);
        if (granted?.flight.isDetached !== true) await take(url, outcome);
        else if (outcome.kind === 'failed') this.lateFaults.keep(url, outcome);
      } catch (error) {
        if (!options.waiting.aborted) throw error;
      }
    };
    const host = this.tries.hostToAsk(urls[0] ?? '');
    if (host === undefined) {
      await Promise.all(urls.map((url) => tryAt(url)));
      return;
    }
    const { getRefusals = () => 0 } = options;
    const neverRefused = urls.filter((url) => getRefusals(url) === 0);
    const refused = urls.filter((url) => getRefusals(url) > 0);
    const series = new Series(
      [...neverRefused, ...refused.toSorted((one, other) => getRefusals(one) - getRefusals(other))],
      (url, flight) => tryAt(url, { host, flight }),
      async (url, reason) => take(url, this.tries.toOutcome(reason, null)),
      neverRefused.length,
    );
    this.tries.enqueue(host, series, options);
    await series.ended;
  }
}

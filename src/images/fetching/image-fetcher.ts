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
import { FileAttempts, type FetchCallOptions, type TransferKind } from './file-attempts.js';
import { ImageClient } from './image-client.js';
import { LateFaults } from './late-faults.js';
import type { FailedImage, DeferredImage, ImageOutcome, RefusedImage } from './image-outcome.js';
import { FLAGS_OPTIONS, type FlagsOptions, usesKeys } from '../flags/flags.options.js';
import { type FileFacts, toMeasuredOutcome } from './measurement-outcome.js';
import { type Flight, Series } from '../hosts/series.js';
import { getAuthority } from './target.js';
import { tooLong, WholeDownload, type WholeFile } from './whole-download.js';

const NO_SOURCES = { allowedHosts: [], allowedNetworks: [] };

/** A slot of a host that was acquired for an image. */
interface Granted {
  readonly host: string;
  readonly flight: Flight;
}

/** Receives the outcome of an image. */
type OutcomeListener = (url: string, outcome: ImageOutcome) => Promise<void> | void;

/**
 * Fetches the first bytes of images and measures them. The circuit breaker limits requests to hosts that fail.
 */
@Injectable()
export class ImageFetcher implements OnApplicationShutdown {
  private readonly attempts: FileAttempts;
  private readonly lateFaults = new LateFaults();
  private readonly identifies: boolean;
  private readonly measuringDownloads: TransferKind<Download, MeasuredFile, ImageOutcome> = {
    createTransfer: () => new Download(this.options.maxBytes, this.interest, this.identifies),
    toResult: ({ measurement }, download) => toMeasuredOutcome(measurement, toFileFacts(download)),
    toFailedResult: (error, download) =>
      // If the size is known, the rest was read only for the orientation.
      download?.sizeSoFar === undefined
        ? this.attempts.toOutcome(error, download?.contentLength ?? null)
        : toMeasuredOutcome(download.sizeSoFar, toFileFacts(download)),
  };

  /** @param interest decides which outcomes contain the start of the file and its EXIF block */
  constructor(
    addresses: AddressRule,
    hosts: HostRule,
    @Inject(LOOKUP) lookup: LookupAll,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
    @Optional() @Inject(FILE_INTEREST) private readonly interest?: FileInterest,
    @Optional() @Inject(Sources) sources: Sources = new Sources(hosts, NO_SOURCES),
    @Optional() @Inject(FLAGS_OPTIONS) flags?: FlagsOptions,
  ) {
    this.identifies = flags !== undefined && usesKeys(flags);
    const memoryBytes = interest === undefined ? options.memoryBytes : toMemoryShares(options).downloads;
    const client = new ImageClient(addresses, lookup, options);
    this.attempts = new FileAttempts(client, hosts, sources, options, memoryBytes);
  }

  /**
   * Makes one attempt at each of many images. The images of one host wait in the line together, as URLs, and
   * each attempt starts when it gets a slot. Objects that wait reach the old generation and cost more to
   * collect.
   *
   * @param urls absolute http or https URLs without duplicates
   * @param onOutcome receives the outcome of each image as it arrives
   * @returns when no more outcomes will follow. Images that waited when `waitSignal` aborted, and images that
   *   `signal` aborted, have none.
   * @throws the first error of `take`; images that wait are aborted then
   */
  async fetchAll(
    urls: Iterable<string>,
    options: FetchCallOptions,
    onOutcome: OutcomeListener,
  ): Promise<void> {
    const { signal, waitSignal = signal } = options;
    const failed = new AbortController();
    const unlessFailed =
      waitSignal === undefined ? failed.signal : AbortSignal.any([waitSignal, failed.signal]);
    const late = new Map<string, FailedImage>();
    const due: string[] = [];
    for (const url of urls) {
      const fault = this.lateFaults.remove(url);
      if (fault === undefined) due.push(url);
      else late.set(url, fault);
    }
    const byAuthority = Map.groupBy(due, getAuthority);
    try {
      for (const [url, fault] of late) await onOutcome(url, fault);
      await Promise.all(
        [...byAuthority.values()].map((urlsOfHost) =>
          this.fetchFromHost(urlsOfHost, { ...options, waitSignal: unlessFailed }, onOutcome),
        ),
      );
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  /**
   * Fetches the whole of a file whose start is known, by the rules of {@link fetchAll} and with its own
   * timeout. Resolves with an outcome if there is no file. Rejects only with the reason of a signal.
   *
   * @param maxBytes largest permitted size of the file
   */
  async fetchWhole(
    url: string,
    start: FileStart,
    maxBytes: number,
    options: FetchCallOptions = {},
  ): Promise<Buffer | FailedImage | DeferredImage | RefusedImage> {
    if (start.total !== null && start.total > maxBytes) return tooLong(maxBytes).toOutcome(start.total);
    return this.attempts.run<WholeDownload, WholeFile, Buffer | FailedImage | DeferredImage | RefusedImage>(
      url,
      options,
      {
        createTransfer: () => new WholeDownload(start, maxBytes),
        toResult: ({ bytes }) => bytes,
        toFailedResult: (error) => this.attempts.toOutcome(error, start.total),
      },
    );
  }

  /** Number of downloads in flight. */
  get inFlight(): number {
    return this.attempts.inFlight;
  }

  /** Closes all connections. Downloads in flight fail with a retryable fault. */
  async onApplicationShutdown(): Promise<void> {
    await this.attempts.close();
  }

  private async fetchFromHost(
    urls: readonly string[],
    options: FetchCallOptions & { readonly waitSignal: AbortSignal },
    onOutcome: OutcomeListener,
  ): Promise<void> {
    const attempt = async (url: string, granted?: Granted): Promise<void> => {
      try {
        const outcome = await this.attempts.run(url, options, this.measuringDownloads, granted);
        if (granted?.flight.isDetached !== true) await onOutcome(url, outcome);
        else if (outcome.kind === 'failed') this.lateFaults.keep(url, outcome);
      } catch (error) {
        if (!options.waitSignal.aborted) throw error;
      }
    };
    const host = this.attempts.findAvailableHost(urls[0] ?? '');
    if (host === undefined) {
      await Promise.all(urls.map((url) => attempt(url)));
      return;
    }
    const { getRefusals = () => 0 } = options;
    const neverRefused = urls.filter((url) => getRefusals(url) === 0);
    const refused = urls.filter((url) => getRefusals(url) > 0);
    const series = new Series(
      [...neverRefused, ...refused.toSorted((one, other) => getRefusals(one) - getRefusals(other))],
      (url, flight) => attempt(url, { host, flight }),
      async (url, reason) => onOutcome(url, this.attempts.toOutcome(reason, null)),
      neverRefused.length,
    );
    this.attempts.enqueue(host, series, options);
    await series.ended;
  }
}

/** The keys come first, because they need the start of the file, which the outcome may take over. */
function toFileFacts(download: Download): FileFacts {
  const { contentLength, contentType, keys } = download;
  return { contentLength, contentType, keys, start: download.releaseStart() };
}

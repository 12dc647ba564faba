import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import { AddressRule } from '../../outbound/address-rule.js';
import { guardedConnector } from '../../outbound/guarded-connector.js';
import { HostRule } from '../../outbound/host-rule.js';
import { MAX_DIMENSION, type Measurement } from '../measuring/measurement.js';
import { ByteBudget } from './byte-budget.js';
import { Download, type DownloadContext, type DownloadStep } from './download.js';
import { connectionFault, FetchFault } from './fetch-fault.js';
import { FETCHING_OPTIONS, type FetchingOptions } from './fetching.options.js';
import { HostSlots } from './host-slots.js';
import type { ImageOutcome } from './image-outcome.js';
import { Stopwatch } from './stopwatch.js';
import { targetOf } from './target.js';

/** Redirects followed in one try. */
export const MAX_REDIRECTS = 5;

/** What every download may hold without asking, in bytes; the rest of the memory is shared by those that need more. */
const SMALL = 131_072;

/** Fetches the first bytes of images and measures them. */
@Injectable()
export class ImageFetcher implements OnApplicationShutdown {
  private readonly logger = new Logger('ImageFetcher');
  private readonly agent: Agent;
  private readonly slots: HostSlots;
  private readonly large: ByteBudget;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    addresses: AddressRule,
    private readonly hosts: HostRule,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
  ) {
    // The time of a try is kept by its stopwatch, for every phase of it.
    this.agent = new Agent({
      connect: guardedConnector(addresses, options.timeoutMs),
      connections: options.hostConcurrency,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.slots = new HostSlots(options.concurrency, options.hostConcurrency);
    this.large = new ByteBudget(
      Math.max(options.maxBytes, options.memoryBytes - options.concurrency * SMALL),
    );
    this.headers = {
      accept: 'image/*, */*;q=0.1',
      'accept-encoding': 'identity',
      'user-agent': options.userAgent,
    };
  }

  /**
   * One try at one image. Resolves with its size or with why there is none; rejects only with the reason of `signal`.
   */
  async fetch(url: string, signal?: AbortSignal): Promise<ImageOutcome> {
    const stopwatch = new Stopwatch(this.options.timeoutMs, signal);
    let reserved = 0;
    const download = new Download({
      request: async (target, headers) => this.request(target, headers, stopwatch.signal),
      maxBytes: this.options.maxBytes,
      reserve: async (bytes) => {
        stopwatch.pause();
        await this.large.reserve(bytes, signal);
        reserved = bytes;
        stopwatch.start();
      },
    });
    try {
      return toOutcome(await this.follow(url, download, stopwatch, signal), download.contentLength);
    } catch (error) {
      signal?.throwIfAborted();
      return this.faultOf(error).toOutcome(download.contentLength);
    } finally {
      stopwatch.end();
      if (reserved > 0) this.large.release(reserved);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Goes from hop to hop; each is judged anew and waits for a slot of its own host. */
  private async follow(
    url: string,
    download: Download,
    stopwatch: Stopwatch,
    signal: AbortSignal | undefined,
  ): Promise<Measurement> {
    let target = targetOf(url, undefined, this.hosts);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const step = await this.inSlot(target, stopwatch, signal, () => download.from(target));
      if (step.kind === 'measured') return step.measurement;
      target = targetOf(step.location, target, this.hosts);
    }
    throw new FetchFault('too_many_redirects', `more than ${MAX_REDIRECTS} redirects`);
  }

  private async inSlot(
    target: URL,
    stopwatch: Stopwatch,
    signal: AbortSignal | undefined,
    work: () => Promise<DownloadStep>,
  ): Promise<DownloadStep> {
    await this.slots.acquire(target.host, signal);
    stopwatch.start();
    try {
      return await work();
    } finally {
      stopwatch.pause();
      this.slots.release(target.host);
    }
  }

  private async request(
    target: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): ReturnType<DownloadContext['request']> {
    const options: Dispatcher.RequestOptions = {
      origin: target.origin,
      path: `${target.pathname}${target.search}`,
      method: 'GET',
      headers: { ...this.headers, ...headers },
      signal,
    };
    return this.agent.request(options);
  }

  private faultOf(error: unknown): FetchFault {
    const fault = connectionFault(error, this.options.timeoutMs);
    if (fault !== undefined) return fault;
    this.logger.error(
      { event: 'fetch_failed_oddly', error: String(error) },
      error instanceof Error ? error.stack : undefined,
    );
    return new FetchFault('internal', 'an unexpected fault of this service');
  }
}

function toOutcome(measurement: Measurement, contentLength: number | null): ImageOutcome {
  switch (measurement.kind) {
    case 'size': {
      const { width, height, format, mime, orientation } = measurement;
      return { kind: 'measured', width, height, format, mime, orientation, contentLength };
    }
    case 'more':
    case 'broken':
      return new FetchFault(
        'broken_image',
        `the image is broken: it has no size from 1 to ${MAX_DIMENSION} pixels`,
      ).toOutcome(contentLength);
    case 'not_an_image':
      return new FetchFault('not_an_image', 'the file is not an image of a known format').toOutcome(
        contentLength,
      );
    case 'unmeasurable':
      return new FetchFault(
        'unmeasurable',
        'the SVG names no size in pixels or other absolute units, and no viewBox',
      ).toOutcome(contentLength);
  }
}

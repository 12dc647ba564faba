import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { AddressRule } from '../../outbound/address-rule.js';
import { HostRule } from '../../outbound/host-rule.js';
import { LOOKUP, type LookupAll } from '../../outbound/lookup.js';
import type { Measurement } from '../measuring/measurement.js';
import { Attempt } from './attempt.js';
import { connectionFault } from './connection-fault.js';
import { Download } from './download.js';
import { FetchFault } from './fetch-fault.js';
import { downloadsAtOnce, FETCHING_OPTIONS, type FetchingOptions } from './fetching.options.js';
import { HostSlots } from './host-slots.js';
import { ImageClient } from './image-client.js';
import type { ImageOutcome } from './image-outcome.js';
import { outcomeOf } from './measurement-outcome.js';
import { firstTarget, nextTarget } from './target.js';

/** Redirects followed in one try. */
export const MAX_REDIRECTS = 5;

/** Fetches the first bytes of images and measures them. */
@Injectable()
export class ImageFetcher implements OnApplicationShutdown {
  private readonly logger = new Logger('ImageFetcher');
  private readonly client: ImageClient;
  private readonly slots: HostSlots;

  constructor(
    addresses: AddressRule,
    private readonly hosts: HostRule,
    @Inject(LOOKUP) lookup: LookupAll,
    @Inject(FETCHING_OPTIONS) private readonly options: FetchingOptions,
  ) {
    this.client = new ImageClient(addresses, lookup, options);
    this.slots = new HostSlots(downloadsAtOnce(options), options.hostConcurrency);
  }

  /**
   * One try at one image. Resolves with its size or with why there is none; rejects only with the reason of `signal`.
   *
   * @param url an absolute http or https URL
   */
  async fetch(url: string, signal?: AbortSignal): Promise<ImageOutcome> {
    signal?.throwIfAborted();
    const download = new Download(this.options.maxBytes);
    const attempt = new Attempt(this.options.timeoutMs, signal);
    try {
      return outcomeOf(await this.follow(url, download, attempt, signal), download.contentLength);
    } catch (error) {
      signal?.throwIfAborted();
      // A size that is known is one, though the rest was wanted for the orientation.
      if (download.known !== undefined) return outcomeOf(download.known, download.contentLength);
      return this.faultOf(error).toOutcome(download.contentLength);
    } finally {
      attempt.end();
    }
  }

  /** Ends all connections. Downloads that still run fail, as ones to be tried again. */
  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Goes from hop to hop; each is judged anew and waits for a slot of its own host. */
  private async follow(
    url: string,
    download: Download,
    attempt: Attempt,
    signal: AbortSignal | undefined,
  ): Promise<Measurement> {
    let target = firstTarget(url, this.hosts);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const step = await this.visit(target, download, attempt, signal);
      if (step.kind === 'measured') return step.measurement;
      target = nextTarget(step.location, target, this.hosts);
    }
    throw new FetchFault('too_many_redirects', `the host redirected more than ${MAX_REDIRECTS} times`);
  }

  private async visit(
    target: URL,
    download: Download,
    attempt: Attempt,
    signal: AbortSignal | undefined,
  ): ReturnType<Download['from']> {
    const slot = target.host.replace(/\.(?=:|$)/, '');
    await this.slots.acquire(slot, signal);
    attempt.start();
    try {
      return await download.from((headers, reader) => this.client.get(target, headers, reader, attempt));
    } finally {
      attempt.pause();
      this.slots.release(slot);
    }
  }

  private faultOf(error: unknown): FetchFault {
    const fault = connectionFault(error);
    if (fault !== undefined) return fault;
    this.logger.error({ event: 'fetch_failed_oddly' }, error instanceof Error ? error.stack : String(error));
    return new FetchFault('internal', 'an unexpected fault of this service');
  }
}

import type { HostRule } from '../../outbound/host-rule.js';
import { isS3 } from '../../outbound/sources/s3-url.js';
import { type Sources, SourcesUnavailableError } from '../../outbound/sources/sources.js';
import { FetchFault } from './fetch-fault.js';
import type { RequestHeaders } from './image-client.js';
import { firstTarget, nextTarget, type Target } from './target.js';

/** Converts URLs and redirects to targets, with the headers of the source that a target belongs to. */
export class ImageTargets {
  constructor(
    private readonly hosts: HostRule,
    private readonly sources: Sources,
  ) {}

  /** Whether {@link firstFresh} has to be used, because the sources are old. */
  get areStale(): boolean {
    return this.sources.areStale;
  }

  /** The target of an image's URL, as in {@link firstTarget}. */
  first(url: string): Target {
    return firstTarget(url, this.hosts, this.sources.current);
  }

  /**
   * The target of an image's URL. If the image belongs to a source, the sources are loaded again first. The target may then be
   * at another host.
   *
   * @throws FetchFault, retryable if the sources cannot be loaded
   */
  async firstFresh(url: string): Promise<Target> {
    if (isS3(url) || this.hasSource(this.first(url))) await this.refresh();
    else this.sources.refreshSoon();
    return this.first(url);
  }

  /** The target of a redirect, as in {@link nextTarget}. */
  next(location: string | undefined, from: Target): Target {
    return nextTarget(location, from, this.hosts);
  }

  /** Whether the first request for a target carries a credential. */
  hasSource({ url, s3 }: Target): boolean {
    return s3 !== undefined || this.sources.current.findHost(url) !== undefined;
  }

  /** Headers of the source, for the first request of an attempt. A request after a redirect must not carry them. */
  async headersFor({ url, path, s3 }: Target): Promise<RequestHeaders> {
    return s3 === undefined ? (this.sources.current.findHost(url)?.headers ?? []) : s3.sign(path);
  }

  private async refresh(): Promise<void> {
    try {
      await this.sources.refresh();
    } catch (error) {
      if (!(error instanceof SourcesUnavailableError)) throw error;
      throw new FetchFault('internal', error.message, { retryable: true });
    }
  }
}

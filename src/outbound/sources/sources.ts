import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HostRule } from '../host-rule.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from '../outbound.options.js';
import { parseSources } from './parse-sources.js';
import { SourceError } from './source-error.js';
import { SourceList } from './source-list.js';
import type { SourceLimits } from './source-options.js';

/**
 * How long sources of a function are used, and the pause before another call after it failed, in milliseconds.
 */
const MAX_AGE_MS = 60_000;
const RETRY_MS = 1_000;
/** Timeout of the function, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** The function that returns the sources failed, and the previous sources are too old. */
export class SourcesUnavailableError extends Error {
  override readonly name = 'SourcesUnavailableError';

  constructor() {
    super('the credentials of the image sources could not be read');
  }
}

/** The private sources of images. */
@Injectable()
export class Sources implements OnModuleInit {
  private readonly logger = new Logger('Sources');
  private list = new SourceList();
  private staleAt = Infinity;
  private failedUntil = -Infinity;
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly hosts: HostRule,
    @Inject(OUTBOUND_OPTIONS) private readonly options: OutboundOptions,
  ) {}

  /** @throws SourceError for invalid sources, or the error of the function that returns them */
  async onModuleInit(): Promise<void> {
    const { sources = [] } = this.options;
    try {
      if (typeof sources === 'function') await this.load(sources);
      else await this.replace(sources);
    } catch (error) {
      throw error instanceof SourceError
        ? new SourceError(`StoreVisitsModule: images.sources: ${error.message}`)
        : error;
    }
  }

  /** The sources of the last load. */
  get current(): SourceList {
    return this.list;
  }

  /** The limits of a source for a host, by its name with a port that is not the default. */
  limitsFor(host: string): SourceLimits {
    return this.list.limitsFor(host);
  }

  /**
   * Replaces the sources. If one is invalid, the current ones stay.
   *
   * @throws SourceError
   */
  async replace(sources: unknown): Promise<void> {
    this.list = await parseSources(sources, this.hosts);
  }

  /** Whether {@link refresh} has to be called before the sources are used. */
  get areStale(): boolean {
    return this.staleAt !== Infinity && performance.now() >= this.staleAt;
  }

  /**
   * Calls the function that returns the sources, if there is one: once for all callers that wait, and at most
   * once a second while it fails.
   *
   * @throws SourcesUnavailableError
   */
  async refresh(): Promise<void> {
    const { sources } = this.options;
    if (typeof sources !== 'function') return;
    if (performance.now() < this.failedUntil) throw new SourcesUnavailableError();
    this.refreshing ??= this.load(sources).finally(() => (this.refreshing = undefined));
    try {
      await this.refreshing;
    } catch (error) {
      if (performance.now() >= this.failedUntil) this.recordFailure(error);
      throw new SourcesUnavailableError();
    }
  }

  /** Starts a {@link refresh} if it is due. The caller does not wait. */
  refreshSoon(): void {
    if (this.areStale) this.refresh().catch(() => {});
  }

  private async load(sources: () => unknown): Promise<void> {
    const over = new AbortController();
    const timeout = pause(TIMEOUT_MS, undefined, { signal: over.signal, ref: false }).then(() => {
      throw new SourceError(`took longer than ${TIMEOUT_MS / 1000} s`);
    });
    try {
      await this.replace(await Promise.race([Promise.resolve().then(sources), timeout]));
      this.staleAt = performance.now() + MAX_AGE_MS;
    } finally {
      timeout.catch(() => {});
      over.abort();
    }
  }

  /** The message of a foreign error may contain a secret. */
  private recordFailure(error: unknown): void {
    this.failedUntil = performance.now() + RETRY_MS;
    const kind = error instanceof Error ? error.name : typeof error;
    this.logger.error({
      event: 'sources_unavailable',
      error: error instanceof SourceError ? error.message : kind,
    });
  }
}

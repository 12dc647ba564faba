import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HostRule } from '../host-rule.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from '../outbound.options.js';
import { parseSources } from './parse-sources.js';
import { SourceError } from './source-error.js';
import { SourceList } from './source-list.js';
import type { SourceLimits } from './source-options.js';

/** How long what a function returned is used, and how long it is not called again after it failed, in milliseconds. */
const MAX_AGE_MS = 60_000;
const RETRY_MS = 1_000;
/** How long a function may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** The function that gives the sources failed, and what it gave before is too old to be used. */
export class SourcesUnavailableError extends Error {
  override readonly name = 'SourcesUnavailableError';

  constructor() {
    super('the credentials of the image sources could not be read');
  }
}

/** The private sources that images may be fetched from. */
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

  /** @throws SourceError for sources that cannot be used, or what the function that gives them threw */
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

  /** The sources as they were read last. */
  get current(): SourceList {
    return this.list;
  }

  /** The limits that a source sets for a host, by its name with its port where that is not the usual one. */
  limitsFor(host: string): SourceLimits {
    return this.list.limitsFor(host);
  }

  /**
   * Uses these from now on. Where one of them cannot be used all stay as they were.
   *
   * @throws SourceError
   */
  async replace(sources: unknown): Promise<void> {
    this.list = await parseSources(sources, this.hosts);
  }

  /** Whether a function has to be asked again before the current sources may be used. */
  get areStale(): boolean {
    return this.staleAt !== Infinity && performance.now() >= this.staleAt;
  }

  /**
   * Asks the function that gives the sources, where there is one: once for all who wait, and no more than once a second
   * where it fails.
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

  /** As {@link refresh} where that is due; nobody waits for it. */
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

  /** The message of another's error may hold a secret. */
  private recordFailure(error: unknown): void {
    this.failedUntil = performance.now() + RETRY_MS;
    const kind = error instanceof Error ? error.name : typeof error;
    this.logger.error({
      event: 'sources_unavailable',
      error: error instanceof SourceError ? error.message : kind,
    });
  }
}

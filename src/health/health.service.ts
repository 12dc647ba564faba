import { Injectable } from '@nestjs/common';
import { Database, type DatabaseState } from '../database/database.js';
import type { Fault } from '../http/errors/api-error.js';
import { type QueueBacklog, QueueService } from '../queue/queue.service.js';
import { SharedReading } from './shared-reading.js';

/** Longest wait of a check for the database, in milliseconds. */
const DATABASE_TIMEOUT_MS = 5_000;

/** The faults of a database that is not ready. */
const FAULTS: Readonly<Record<Exclude<DatabaseState, 'ready'>, Fault>> = {
  read_only: { path: 'database', message: 'is read-only' },
  not_migrated: { path: 'migrations', message: 'have not all been run' },
};

/** Whether this process can do its work. */
export interface Readiness {
  readonly isReady: boolean;
  /** What is missing. `path` is `database`, `migrations` or `queue`. */
  readonly faults: readonly Fault[];
}

/** The result of a health indicator, as `HealthCheckService` of `@nestjs/terminus` takes it. */
export type HealthIndicatorResult<K extends string = string> = Readonly<
  Record<K, { readonly status: 'up' | 'down'; readonly faults?: readonly string[] }>
>;

/** Readiness and backlog, for the health checks and the metrics of an application. */
@Injectable()
export class HealthService {
  private readonly state: SharedReading<DatabaseState>;

  constructor(
    database: Database,
    private readonly queue: QueueService,
  ) {
    this.state = new SharedReading(() => database.state(), DATABASE_TIMEOUT_MS);
  }

  /**
   * Whether the database is reachable, writable and migrated, and the queue is running in this process. The database is
   * asked at most once a second, however many callers there are. Never rejects.
   */
  async check(): Promise<Readiness> {
    const faults: Fault[] = [];
    const state = await this.state.latest();
    if (state === undefined) faults.push({ path: 'database', message: 'does not answer' });
    else if (state !== 'ready') faults.push(FAULTS[state]);
    if (!this.queue.isRunning) faults.push({ path: 'queue', message: 'is not running' });
    return { isReady: faults.length === 0, faults };
  }

  /** The same as {@link check}, in the form of a health indicator of `@nestjs/terminus`. Never rejects. */
  async isHealthy<K extends string = 'shelfline'>(key?: K): Promise<HealthIndicatorResult<K>>;
  async isHealthy(key = 'shelfline'): Promise<HealthIndicatorResult> {
    const { isReady, faults } = await this.check();
    if (isReady) return { [key]: { status: 'up' } };
    return { [key]: { status: 'down', faults: faults.map(({ path, message }) => `${path} ${message}`) } };
  }

  /** The backlog of each queue, over all processes. Reading it costs the same for a long queue. */
  async backlog(): Promise<QueueBacklog[]> {
    return this.queue.backlog();
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Job, PgBoss } from 'pg-boss';
import { Database, type Transaction } from '../database/database.js';
import { QUEUE_OPTIONS, type QueueOptions } from './queue.options.js';
import { type FetchedTask, type TaskHandler, TaskRunner } from './task-runner.js';

/**
 * A task to enqueue. Higher priorities go first. It is due at once unless it is deferred: by a pause, which the
 * database's clock measures, or until a time, which must come from that clock too.
 */
export interface NewTask<T extends object> {
  readonly payload: T;
  readonly priority?: number;
  readonly afterMs?: number;
  readonly startAfter?: Date;
}

/** The tasks of a lane: all, or those within these priorities. */
export interface Lane {
  readonly minPriority?: number;
  readonly maxPriority?: number;
}

/** How a lane fetches tasks. */
export interface LaneOptions {
  /**
   * One task at a time, so that no task waits for another. Otherwise two are fetched together, which costs less
   * for each task.
   */
  readonly single?: boolean;
  /**
   * Interval of the check for deferred tasks that became due, in seconds. New tasks are notified at once.
   */
  readonly pollSeconds?: number;
}

/** The backlog of a queue, over all processes. */
export interface QueueBacklog {
  readonly queue: string;
  /** Number of tasks that are due, deferred, and active. */
  readonly due: number;
  readonly deferred: number;
  readonly active: number;
  /** How long the oldest due task has been due, in seconds; 0 if none is due. */
  readonly oldestDueSeconds: number;
}

/** A task that fails is retried without a limit. Its rows show when it has nothing left to do. */
const RETRY_FOREVER = 1_000_000_000;
const YEARS = 365 * 86_400;
/** How long a completed task is kept, and how often old ones are deleted, in seconds. */
const KEPT_SECONDS = 60;
const MAINTENANCE_SECONDS = 20;
/** Time after the grace time to return tasks, in milliseconds. */
const RETURN_TASKS_MS = 3_000;

/**
 * The queue in PostgreSQL. Only this file uses pg-boss.
 *
 * The timing values were tested with killed processes: the task of a dead worker starts again after 7 to 11
 * seconds.
 */
@Injectable()
export class QueueService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Queue');
  private readonly boss: PgBoss;
  private readonly runner = new TaskRunner();
  private started = false;
  private drained: Promise<void> | undefined;

  constructor(
    database: Database,
    @Inject(QUEUE_OPTIONS) private readonly options: QueueOptions,
  ) {
    const { application_name: application = 'shelfline', ...connection } = database.connection;
    this.boss = new PgBoss({
      ...connection,
      application_name: `${application}-queue`,
      schema: options.schema,
      max: options.poolSize,
      schedule: false,
      supervise: true,
      superviseIntervalSeconds: 2,
      monitorIntervalSeconds: 2,
      maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
      useListenNotify: true,
    });
    // Without a listener for errors the process would end with the database's connections. pg-boss reconnects.
    this.boss.on('error', (error: Error) => this.logger.warn({ event: 'queue_error', error: error.message }));
  }

  /** Whether the queue has started in this process and is not stopping. */
  get isRunning(): boolean {
    return this.started;
  }

  /** Number of tasks that this process holds, by queue. */
  get inFlight(): ReadonlyMap<string, number> {
    return this.runner.inFlight;
  }

  /**
   * The backlog of each queue. The counts are a few seconds old; the age is current and read from an index. The
   * cost does not depend on the backlog.
   */
  async backlog(): Promise<QueueBacklog[]> {
    const { rows } = await this.boss.getDb().executeSql(
      `SELECT queue.name AS queue, queue.ready_count AS due, queue.deferred_count AS deferred, queue.active_count AS active,
              coalesce(extract(epoch FROM now() - oldest.since), 0)::float8 AS "oldestDueSeconds"
         FROM ${this.options.schema}.queue AS queue
         LEFT JOIN LATERAL (
           SELECT min(start_after) AS since FROM ${this.options.schema}.job
            WHERE name = queue.name AND state IN ('created', 'retry') AND NOT blocked AND start_after <= now()
           ) AS oldest ON true
        WHERE queue.name NOT LIKE '\\_\\_%'
        ORDER BY queue.name`,
    );
    return rows;
  }

  /** Starts the queue. Creates or upgrades its schema first, which several processes may do at once. */
  async start(): Promise<void> {
    if (this.started) return;
    await this.boss.start();
    this.started = true;
  }

  /** Creates a queue unless it exists. */
  async createQueue(name: string): Promise<void> {
    await this.boss.createQueue(name, {
      notify: true,
      retryLimit: RETRY_FOREVER,
      retryDelay: 1,
      heartbeatSeconds: 10,
      expireInSeconds: 6 * 3600,
      retentionSeconds: 10 * YEARS,
      deleteAfterSeconds: KEPT_SECONDS,
    });
  }

  /** Enqueues tasks in the caller's transaction. Workers are notified when it commits. */
  async enqueue<T extends object>(
    queue: string,
    tasks: readonly NewTask<T>[],
    transaction: Transaction,
  ): Promise<void> {
    await this.boss.insert(
      queue,
      tasks.map(({ payload, priority = 0, afterMs, startAfter }) => ({
        data: payload,
        priority,
        ...(startAfter === undefined ? {} : { startAfter }),
        ...(afterMs === undefined ? {} : { startAfter: `${Math.round(afterMs)} milliseconds` }),
      })),
      { db: statementsOn(transaction) },
    );
  }

  /** Starts the lanes of a queue. Each works on two tasks at a time, unless `single` is set. */
  async work<T extends object>(
    queue: string,
    lanes: readonly Lane[],
    handler: TaskHandler<T>,
    { single = false, pollSeconds = 0.5 }: LaneOptions = {},
  ): Promise<void> {
    this.runner.addQueue(queue);
    for (const { minPriority, maxPriority } of lanes) {
      let worker: string | undefined;
      worker = await this.boss.work<T>(
        queue,
        {
          batchSize: single ? 1 : 2,
          burstWhenBatchFull: true,
          perJobResults: true,
          pollingIntervalSeconds: pollSeconds,
          notifyPollingIntervalSeconds: pollSeconds,
          heartbeatRefreshSeconds: 2,
          ...(minPriority === undefined ? {} : { minPriority }),
          ...(maxPriority === undefined ? {} : { maxPriority }),
        },
        async (jobs: Job<T>[]) => {
          const results = await Promise.all(
            jobs.map((job) => this.runner.run(queue, this.toFetchedTask(queue, job), handler)),
          );
          // After a single task pg-boss would wait for its next poll, even if there are more tasks.
          if (single && worker !== undefined) this.boss.notifyWorker(worker);
          return results;
        },
      );
    }
  }

  /**
   * Stops fetching tasks. Resolves when the current tasks have ended; at the end of the grace time they are
   * aborted and returned to the queue. Tasks can still be enqueued until the application has shut down.
   */
  async drain(): Promise<void> {
    this.drained ??= this.endWork();
    await this.drained;
  }

  /** Drains before the application closes the DataSource that results are written to. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  /** Closes the connections, after the last request that could enqueue a task. */
  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: true, close: true, timeout: 1_000 });
  }

  private async endWork(): Promise<void> {
    this.started = false;
    this.runner.stop();
    const { shutdownGraceMs } = this.options;
    const timer = setTimeout(() => this.runner.abort(), shutdownGraceMs);
    const ended = Promise.all(
      [...this.runner.inFlight.keys()].map((name) => this.boss.offWork(name, { wait: true })),
    );
    await Promise.race([ended, pause(shutdownGraceMs + RETURN_TASKS_MS, undefined, { ref: false })]);
    clearTimeout(timer);
  }

  private toFetchedTask<T extends object>(queue: string, job: Job<T>): FetchedTask<T> {
    return {
      id: job.id,
      payload: job.data,
      signal: job.signal,
      complete: async (transaction) => {
        // The job, unlike its id, identifies the attempt that this process holds.
        const settled = await this.boss.complete(queue, job, null, { db: statementsOn(transaction) });
        return 'affected' in settled && settled.affected === 1;
      },
    };
  }
}

/** Lets pg-boss run its statements on the caller's connection. */
function statementsOn(transaction: Transaction): {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
} {
  return { executeSql: async (text, values) => ({ rows: await transaction.query(text, values) }) };
}

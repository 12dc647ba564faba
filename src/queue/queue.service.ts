import { setTimeout as pause } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Job, type JobResult, PgBoss } from 'pg-boss';
import { Database, type Transaction } from '../database/database.js';
import { QUEUE_OPTIONS, type QueueOptions } from './queue.options.js';

/**
 * A task to enqueue. Larger priorities go first. It is due at once unless it is deferred: by a pause, which the database's
 * clock measures, or to a time, which has to come from that clock too.
 */
export interface NewTask<T extends object> {
  readonly payload: T;
  readonly priority?: number;
  readonly afterMs?: number;
  readonly startAfter?: Date;
}

/**
 * A task that this process holds. `stopping` aborts when the process begins to stop: nothing new should be begun then.
 * `signal` aborts when its time to stop is over, or the hold is lost: everything should be left then, and what is left
 * is another worker's.
 */
export interface HeldTask<T extends object> {
  readonly id: string;
  readonly payload: T;
  readonly stopping: AbortSignal;
  readonly signal: AbortSignal;
  /**
   * Marks the task as done in the caller's transaction. False when this process holds it no more (it was taken for
   * dead, and the task is another's): the caller must then enqueue nothing in the task's name.
   */
  complete(transaction: Transaction): Promise<boolean>;
}

/** What a lane takes: everything, or only tasks from this priority to that. */
export interface Lane {
  readonly minPriority?: number;
  readonly maxPriority?: number;
}

/** How a lane takes its tasks. */
export interface LaneOptions {
  /** One task at a time, so that none waits for another one to end, instead of two together, which costs less a task. */
  readonly single?: boolean;
  /** How often is looked for deferred tasks that have become due, in seconds. New ones are told of at once. */
  readonly pollSeconds?: number;
}

/** What works on the tasks of a queue. */
export interface TaskHandler<T extends object> {
  /** Resolves when the task is settled; when it throws, the task goes back and is tried again after a pause. */
  run(task: HeldTask<T>): Promise<void>;
  /** What the log says of a task, in the words of the other lines. */
  about(payload: T): Readonly<Record<string, unknown>>;
}

/** What waits in a queue, in all processes. */
export interface QueueBacklog {
  readonly queue: string;
  /** Tasks that could be worked on now, that are to be later, and that are being worked on. */
  readonly due: number;
  readonly deferred: number;
  readonly active: number;
  /** How long the one that is due longest has been so, in seconds; 0 where none is. */
  readonly oldestDueSeconds: number;
}

/** A task that fails for a reason of ours is tried again for good: its rows say when it has nothing left to do. */
const RETRY_FOREVER = 1_000_000_000;
const YEARS = 365 * 86_400;
/** How long a completed task is kept, and how often those that were kept for so long are deleted, in seconds. */
const KEPT_SECONDS = 60;
const MAINTENANCE_SECONDS = 20;
/** After the grace time, so much is left to give tasks back in, in milliseconds. */
const GIVE_BACK_MS = 3_000;

/**
 * The queue in PostgreSQL. The only place that knows pg-boss.
 *
 * The figures of the queue are those that were tried out with real kills: with them a dead worker's task begins again
 * after 7 to 11 seconds.
 */
@Injectable()
export class QueueService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Queue');
  private readonly boss: PgBoss;
  /** Of each queue that this process works on, from its beginning. */
  private readonly held = new Map<string, number>();
  private readonly stopping = new AbortController();
  private readonly graceOver = new AbortController();
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
    // Without a listener the process would die with the database's connections. pg-boss reconnects by itself.
    this.boss.on('error', (error: Error) => this.logger.warn({ event: 'queue_error', error: error.message }));
  }

  /** Whether the queue is up in this process, and not stopping. */
  get isRunning(): boolean {
    return this.started;
  }

  /** How many tasks this process holds, of each queue that it works on. */
  get inFlight(): ReadonlyMap<string, number> {
    return this.held;
  }

  /**
   * What waits in each queue: the numbers as some process counted them in the last seconds, the age as it is now, by an
   * index. Costs the same whatever waits.
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

  /** Starts the queue, making or upgrading its schema first. Several processes may do so at once. */
  async start(): Promise<void> {
    if (this.started) return;
    await this.boss.start();
    this.started = true;
  }

  /** Makes a queue, once; a queue that is there is left as it is. */
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

  /** Enqueues the tasks in the caller's transaction: they are there when it commits, and workers hear of it then. */
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

  /** Works on tasks, two at a time in each lane unless the options say otherwise. */
  async work<T extends object>(
    queue: string,
    lanes: readonly Lane[],
    handler: TaskHandler<T>,
    { single = false, pollSeconds = 0.5 }: LaneOptions = {},
  ): Promise<void> {
    this.held.set(queue, this.held.get(queue) ?? 0);
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
          const results = await Promise.all(jobs.map((job) => this.run(queue, job, handler)));
          // After a single task pg-boss would wait until it next polls, though there were more.
          if (single && worker !== undefined) this.boss.notifyWorker(worker);
          return results;
        },
      );
    }
  }

  /**
   * Takes no new tasks, and resolves when those in hand have ended: at the end of the grace time they are broken off and
   * given back. Tasks can be enqueued all the while, and afterwards until the application has shut down.
   */
  async drain(): Promise<void> {
    this.drained ??= this.endWork();
    await this.drained;
  }

  /** Before the application's own shutdown, which closes the DataSource that results are written to. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  /** Lets go of the connections, when no request that could enqueue is answered any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: true, close: true, timeout: 1_000 });
  }

  private async endWork(): Promise<void> {
    this.started = false;
    this.stopping.abort(new Error('the process is stopping'));
    const { shutdownGraceMs } = this.options;
    const timer = setTimeout(
      () => this.graceOver.abort(new Error('the time to stop is over')),
      shutdownGraceMs,
    );
    const ended = Promise.all([...this.held.keys()].map((name) => this.boss.offWork(name, { wait: true })));
    await Promise.race([ended, pause(shutdownGraceMs + GIVE_BACK_MS, undefined, { ref: false })]);
    clearTimeout(timer);
  }

  private async run<T extends object>(
    queue: string,
    job: Job<T>,
    handler: TaskHandler<T>,
  ): Promise<JobResult> {
    const task: HeldTask<T> = {
      id: job.id,
      payload: job.data,
      stopping: this.stopping.signal,
      signal: AbortSignal.any([job.signal, this.graceOver.signal]),
      complete: async (transaction) => {
        const settled = await this.boss.complete(queue, job, null, { db: statementsOn(transaction) });
        return 'affected' in settled && settled.affected === 1;
      },
    };
    this.held.set(queue, (this.held.get(queue) ?? 0) + 1);
    try {
      await handler.run(task);
      return { id: job.id, status: 'completed' };
    } catch (error) {
      if (!task.signal.aborted) {
        this.logger.warn({
          event: 'task_given_back',
          queue,
          task: job.id,
          ...handler.about(job.data),
          error: error instanceof Error ? error.message : String(error),
        });
      }
      return {
        id: job.id,
        status: 'failed',
        output: { error: error instanceof Error ? error.message : String(error) },
      };
    } finally {
      this.held.set(queue, (this.held.get(queue) ?? 1) - 1);
    }
  }
}

/** pg-boss runs its statements on the caller's connection. */
function statementsOn(transaction: Transaction): {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
} {
  return { executeSql: async (text, values) => ({ rows: await transaction.query(text, values) }) };
}

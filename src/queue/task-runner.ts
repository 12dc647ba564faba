import { Logger } from '@nestjs/common';
import type { Transaction } from '../database/database.js';

/**
 * A task that this process holds. `stopping` aborts when the process begins to stop; nothing new should be
 * started then. `signal` aborts when the grace time is over or the task was lost to another process; all work
 * must stop then.
 */
export interface HeldTask<T extends object> {
  readonly id: string;
  readonly payload: T;
  readonly stopping: AbortSignal;
  readonly signal: AbortSignal;
  /**
   * Completes the task in the caller's transaction. Returns false if this process no longer holds the task,
   * because another process took it over. The caller must not enqueue a follow-up task then.
   */
  complete(transaction: Transaction): Promise<boolean>;
}

/** Works on the tasks of a queue. */
export interface TaskHandler<T extends object> {
  /** Resolves when the task is done. If it rejects, the task is retried after a pause. */
  run(task: HeldTask<T>): Promise<void>;
  /** Log fields that describe a task. */
  about(payload: T): Readonly<Record<string, unknown>>;
}

/** A task as it was fetched from the queue. Its `signal` aborts when the task was lost to another process. */
export type FetchedTask<T extends object> = Omit<HeldTask<T>, 'stopping'>;

/** How a task ended. A failed task is retried. */
export type TaskEnd =
  | { readonly id: string; readonly status: 'completed' }
  | { readonly id: string; readonly status: 'failed'; readonly output: { readonly error: string } };

/** Runs the tasks that this process holds, counts them, and aborts them when the process stops. */
export class TaskRunner {
  private readonly logger = new Logger('Queue');
  private readonly held = new Map<string, number>();
  private readonly stopping = new AbortController();
  private readonly graceOver = new AbortController();

  /** Number of tasks that this process holds, by queue. Contains each queue that was added. */
  get inFlight(): ReadonlyMap<string, number> {
    return this.held;
  }

  /** Adds a queue whose tasks this process runs. */
  addQueue(queue: string): void {
    this.count(queue, 0);
  }

  /** Aborts `stopping` of all tasks: nothing new should be started. */
  stop(): void {
    this.stopping.abort(new Error('the process is stopping'));
  }

  /** Aborts `signal` of all tasks: all work must stop. */
  abort(): void {
    this.graceOver.abort(new Error('the time to stop is over'));
  }

  /** Runs a task to its end. Never rejects. */
  async run<T extends object>(
    queue: string,
    fetched: FetchedTask<T>,
    handler: TaskHandler<T>,
  ): Promise<TaskEnd> {
    const { id, payload } = fetched;
    const signal = AbortSignal.any([fetched.signal, this.graceOver.signal]);
    const task: HeldTask<T> = { ...fetched, signal, stopping: this.stopping.signal };
    this.count(queue, 1);
    try {
      await handler.run(task);
      return { id, status: 'completed' };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : String(thrown);
      if (!signal.aborted) {
        this.logger.warn({ event: 'task_given_back', queue, task: id, ...handler.about(payload), error });
      }
      return { id, status: 'failed', output: { error } };
    } finally {
      this.count(queue, -1);
    }
  }

  private count(queue: string, tasks: number): void {
    this.held.set(queue, (this.held.get(queue) ?? 0) + tasks);
  }
}

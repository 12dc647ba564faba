/** How one process uses the queue. */
export interface QueueOptions {
  /** The database that the tables are in too, so that a task is enqueued in the caller's transaction. */
  readonly url: string;
  /** Connections of the queue's own, besides one more that listens for notifications. */
  readonly poolSize: number;
  /** How long a stopping process lets the tasks in hand finish, in milliseconds. */
  readonly shutdownGraceMs: number;
  readonly applicationName: string;
}

export const QUEUE_OPTIONS = Symbol('QUEUE_OPTIONS');

/** Connections that a process needs for the queue's pool and its listener, out of `poolSize`. */
export function splitConnections(poolSize: number): { tables: number; queue: number } {
  const queue = Math.max(2, Math.floor(poolSize / 4));
  return { tables: Math.max(1, poolSize - queue - 1), queue };
}

/** How one process uses the queue. */
export interface QueueOptions {
  /** Connections of the queue's own, besides one more that listens for notifications. */
  readonly poolSize: number;
  /** How long a stopping process lets the tasks in hand finish, in milliseconds. */
  readonly shutdownGraceMs: number;
  /** The schema of the queue's own tables. */
  readonly schema: string;
}

export const QUEUE_OPTIONS = Symbol('QUEUE_OPTIONS');

/** The schema of the queue's own tables, unless a host platform wants another. */
export const QUEUE_SCHEMA = 'shelfline_queue';

/** Connections that a process needs for the queue's pool and its listener, out of `poolSize`. */
export function splitConnections(poolSize: number): { tables: number; queue: number } {
  const queue = Math.max(2, Math.floor(poolSize / 4));
  return { tables: Math.max(1, poolSize - queue - 1), queue };
}

import { DAY_MS } from '../options/units.js';
import { option, type Values, whole } from '../options/option.js';

// prettier-ignore
export const QUEUE_TABLE = {
  poolSize: option(undefined, 2, whole(2, 1_000), 'Connections of the queue in each process, besides one more that listens for notifications.'),
  shutdownGraceMs: option('SHUTDOWN_GRACE_MS', 15_000, whole(0, DAY_MS), 'How long a stopping process waits for the work in progress, in milliseconds.'),
};

/** How one process uses the queue. `schema` is the schema of the queue's own tables. */
export type QueueOptions = Values<typeof QUEUE_TABLE> & { readonly schema: string };

export const QUEUE_OPTIONS = Symbol('QUEUE_OPTIONS');

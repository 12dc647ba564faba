/** How one process serves event streams. */
export interface EventsOptions {
  /** Most streams that are open at a time. */
  readonly maxStreams: number;
  /** After so long each listener gets a sign of life, in milliseconds. */
  readonly heartbeatMs: number;
}

export const EVENTS_OPTIONS = Symbol('EVENTS_OPTIONS');

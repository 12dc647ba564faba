/** The clock for the rules about hosts. Tests and simulations replace it. */
export interface Clock {
  /**
   * Milliseconds since the epoch. The value never decreases, and all processes have about the same value.
   */
  now(): number;
  /** Calls `run` after `ms` milliseconds. Returns a function that cancels the call. */
  after(ms: number, run: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

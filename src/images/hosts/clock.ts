/** Time as the rules about hosts see it. Tests and simulations have a clock of their own. */
export interface Clock {
  /** Milliseconds, which never go back. Processes have about the same time. */
  now(): number;
  /** Calls back after so many milliseconds. Returns what cancels that. */
  after(ms: number, run: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

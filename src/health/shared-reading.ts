import { setTimeout as pause } from 'node:timers/promises';

/** How long a reading is shared by callers, in milliseconds. */
const FRESH_MS = 1_000;

/** Reads a value from the database for any number of callers. The database may be unavailable. */
export class SharedReading<T> {
  private reading: Promise<T | undefined> | undefined;

  /** @param timeoutMs the maximum time that a caller waits for a reading, in milliseconds */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Returns a reading that is at most a second old. At most one reading is in progress at a time, and at most one begins per second.
   *
   * @returns undefined if the database does not answer in time
   */
  async latest(): Promise<T | undefined> {
    this.reading ??= this.begin();
    const over = new AbortController();
    try {
      return await Promise.race([
        this.reading,
        pause(this.timeoutMs, undefined, { signal: over.signal }).catch(() => undefined),
      ]);
    } finally {
      over.abort();
    }
  }

  private begin(): Promise<T | undefined> {
    const answered = this.read().catch(() => undefined);
    void answered.then(async () => {
      await pause(FRESH_MS, undefined, { ref: false });
      this.reading = undefined;
    });
    return answered;
  }
}

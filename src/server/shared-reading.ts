import { setTimeout as pause } from 'node:timers/promises';

/** A reading is good for so long, in milliseconds: many who ask at once cost what one does. */
const FRESH_MS = 1_000;

/** Reads something from the database for callers that come as often as they like, while the database may be away. */
export class SharedReading<T> {
  private reading: Promise<T | undefined> | undefined;

  /** @param patienceMs the longest that a caller waits for a reading, in milliseconds */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly patienceMs: number,
  ) {}

  /**
   * A reading that is at most a second old. At most one is under way at a time, and one is begun per second.
   *
   * @returns undefined where the database does not answer, or not in time
   */
  async latest(): Promise<T | undefined> {
    this.reading ??= this.begin();
    const over = new AbortController();
    try {
      return await Promise.race([
        this.reading,
        pause(this.patienceMs, undefined, { signal: over.signal }).catch(() => undefined),
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

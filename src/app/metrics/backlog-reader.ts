import { setTimeout as pause } from 'node:timers/promises';
import type { QueueBacklog } from '../../queue/queue.service.js';

/** A reading is good for so long, in milliseconds: several scrapers cost what one does. */
const FRESH_MS = 1_000;
/** Longest time that a scrape waits for the database, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Reads what waits in the queues, for scrapes that come as they like while the database may be away. */
export class BacklogReader {
  private reading: Promise<readonly QueueBacklog[] | undefined> | undefined;

  constructor(private readonly read: () => Promise<readonly QueueBacklog[]>) {}

  /** Undefined where the database does not answer, or not in time. One question is under way at most. */
  async latest(): Promise<readonly QueueBacklog[] | undefined> {
    this.reading ??= this.begin();
    const over = new AbortController();
    try {
      return await Promise.race([
        this.reading,
        pause(PATIENCE_MS, undefined, { signal: over.signal }).catch(() => undefined),
      ]);
    } finally {
      over.abort();
    }
  }

  private begin(): Promise<readonly QueueBacklog[] | undefined> {
    const answered = this.read().catch(() => undefined);
    void answered.then(async () => {
      await pause(FRESH_MS, undefined, { ref: false });
      this.reading = undefined;
    });
    return answered;
  }
}

import { ApiError } from '../errors/api-error.js';

/** The fraction of all slots that one caller may hold. */
const SHARE = 0.75;

/**
 * Limits how many bodies or responses of one kind are streamed at a time, in total and per caller. Each uses memory and sometimes a connection of the
 * database, however slow its client is. One caller holds at most three quarters of the slots, and always at least one.
 */
export class OpenStreams {
  private open = 0;
  private readonly openBy = new Map<string, number>();
  private readonly maxPerCaller: number;

  /** @param what the name of the streams in the error */
  constructor(
    private readonly limit: number,
    private readonly what: string,
  ) {
    this.maxPerCaller = Math.max(1, Math.floor(limit * SHARE));
  }

  /**
   * @param caller the fairness key of the caller
   * @returns a function that releases the slot. Only its first call has an effect.
   * @throws ApiError `429` if too many streams are open, in total or of this caller
   */
  acquire(caller: string): () => void {
    if (this.open >= this.limit)
      throw new ApiError(429, `Too many ${this.what} are under way. Try again in a few seconds.`, 'busy');
    const own = this.openBy.get(caller) ?? 0;
    if (own >= this.maxPerCaller) {
      throw new ApiError(
        429,
        `This caller has ${own} ${this.what} under way, the most that one may have. Try again when one has ended.`,
        'busy',
      );
    }
    this.count(caller, 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.count(caller, -1);
      isHeld = false;
    };
  }

  private count(caller: string, change: 1 | -1): void {
    this.open += change;
    const own = (this.openBy.get(caller) ?? 0) + change;
    if (own === 0) this.openBy.delete(caller);
    else this.openBy.set(caller, own);
  }
}

import { ApiError } from '../errors/api-error.js';

/** The part of all slots that one caller may hold. The rest is left for others. */
const SHARE = 0.75;

/**
 * Limits how many bodies or answers of one kind stream at a time, in all and for one caller: each holds some memory and a
 * connection of the database now and then, however slow the other side is. One caller holds at most three quarters of the slots,
 * but one in any case.
 */
export class OpenStreams {
  private open = 0;
  private readonly openBy = new Map<string, number>();
  private readonly maxPerCaller: number;

  /** @param what the streams, as the error names them */
  constructor(
    private readonly limit: number,
    private readonly what: string,
  ) {
    this.maxPerCaller = Math.max(1, Math.floor(limit * SHARE));
  }

  /**
   * @param caller what tells callers apart
   * @returns what releases the slot, once however often it is called
   * @throws ApiError `429` where too many are open, in all or of this caller
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

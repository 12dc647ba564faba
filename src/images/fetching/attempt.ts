import type { Exchange } from './exchange.js';
import { timeoutFault } from './fetch-fault.js';

/**
 * One try at one image: its time, and the caller's wish to stop. The time runs while a host is being waited for, and
 * stands still while the try waits for its turn here.
 */
export class Attempt {
  private exchange: Exchange | undefined;
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private remainingMs: number;
  private over: { readonly reason: unknown } | undefined;
  private readonly giveUp = (): void => this.stop(this.signal?.reason);

  constructor(
    private readonly timeoutMs: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.remainingMs = timeoutMs;
    signal?.addEventListener('abort', this.giveUp, { once: true });
  }

  start(): void {
    this.startedAt = performance.now();
    this.timer = setTimeout(() => this.expire(), Math.max(0, this.remainingMs));
  }

  pause(): void {
    clearTimeout(this.timer);
    this.remainingMs -= performance.now() - this.startedAt;
  }

  /** Has to be called in the end: lets go of the caller's signal. */
  end(): void {
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.giveUp);
  }

  /** Ties an exchange to the try: it is cancelled when the time is up or the caller gives up, even if that is before. */
  take(exchange: Exchange): void {
    this.exchange = exchange;
    if (this.over !== undefined) exchange.cancel(this.over.reason);
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  private expire(): void {
    this.stop(timeoutFault(this.timeoutMs, this.exchange?.answered ?? false));
  }

  private stop(reason: unknown): void {
    this.over = { reason };
    this.exchange?.cancel(reason);
  }
}

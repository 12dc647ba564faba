import { type AbortListener, listen, type Listening } from '../abort-listeners.js';
import type { Exchange } from './exchange.js';
import { timeoutFault } from './fetch-fault.js';

/** A timer that fires so much too late tells of a process that stood still itself, in milliseconds. */
const LATE_MS = 250;
const MAX_EXTENSIONS = 3;

/**
 * One try at one image: its time, and the caller's wish to stop. The time runs while a host is being waited for, and
 * stands still while the try waits for its turn here. A process that stood still itself (frozen, or without a processor)
 * has not read what came meanwhile: it gives the host as long again as it was late, a few times.
 */
export class Attempt implements AbortListener {
  private exchange: Exchange | undefined;
  private listening: Listening | undefined;
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  /** How long hosts were waited for, in milliseconds; 0 where none was asked. */
  spentMs = 0;
  private remainingMs: number;
  private extensions = 0;
  private over: { readonly reason: unknown } | undefined;

  constructor(
    private readonly timeoutMs: number,
    private signal: AbortSignal | undefined,
  ) {
    this.remainingMs = timeoutMs;
    if (signal === undefined) return;
    if (signal.aborted) this.onAbort();
    else this.listening = listen(signal, this);
  }

  start(): void {
    this.startedAt = performance.now();
    this.wait(Math.max(0, this.remainingMs));
  }

  pause(): void {
    clearTimeout(this.timer);
    const ms = performance.now() - this.startedAt;
    this.remainingMs -= ms;
    this.spentMs += ms;
  }

  /** Has to be called in the end: lets go of the caller's signal. */
  end(): void {
    clearTimeout(this.timer);
    this.ignoreSignal();
  }

  /** The caller's signal ends it no more. */
  ignoreSignal(): void {
    this.listening?.stop();
    this.signal = undefined;
  }

  /** Ties an exchange to the try: it is cancelled when the time is up or the caller gives up, even if that is before. */
  take(exchange: Exchange): void {
    this.exchange = exchange;
    if (this.over !== undefined) exchange.cancel(this.over.reason);
  }

  /** From when the last request was sent to the first byte of its answer, in milliseconds; undefined where none came. */
  get latencyMs(): number | undefined {
    return this.exchange?.latencyMs;
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /** Nobody wants its result any more. */
  abort(reason: unknown): void {
    this.stop(reason);
  }

  /** The caller gives up. */
  onAbort(): void {
    this.stop(this.signal?.reason);
  }

  private wait(ms: number): void {
    const dueAt = performance.now() + ms;
    this.timer = setTimeout(() => this.expire(performance.now() - dueAt), ms);
  }

  private expire(lateMs: number): void {
    if (lateMs > LATE_MS && this.extensions < MAX_EXTENSIONS) {
      this.extensions += 1;
      this.remainingMs += lateMs;
      this.wait(lateMs);
      return;
    }
    this.stop(timeoutFault(this.timeoutMs, this.exchange?.answered ?? false));
  }

  private stop(reason: unknown): void {
    this.over = { reason };
    this.exchange?.cancel(reason);
  }
}

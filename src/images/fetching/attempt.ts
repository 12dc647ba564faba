import { type AbortListener, listen, type Listening } from '../waiting/abort-listeners.js';
import { PausableTimer } from '../waiting/pausable-timer.js';
import type { Exchange } from './exchange.js';
import { timeoutFault } from './fetch-fault.js';

/** How often the time of an attempt is extended for a process that stood still itself. */
const MAX_EXTENSIONS = 3;

/**
 * One try at one image: its time, and the caller's wish to stop. The time runs while a host is being waited for, and
 * stands still while the try waits for its turn here. A process that stood still itself (frozen, or without a processor)
 * has not read what came meanwhile: it gives the host as long again as it was late, a few times.
 */
export class Attempt implements AbortListener {
  private exchange: Exchange | undefined;
  private listening: Listening | undefined;
  private readonly timer: PausableTimer;
  private over: { readonly reason: unknown } | undefined;

  constructor(
    private readonly timeoutMs: number,
    private signal: AbortSignal | undefined,
  ) {
    this.timer = new PausableTimer(timeoutMs, () => this.expire(), MAX_EXTENSIONS);
    if (signal === undefined) return;
    if (signal.aborted) this.onAbort();
    else this.listening = listen(signal, this);
  }

  /** A host is waited for. */
  start(): void {
    this.timer.resume();
  }

  /** No host is waited for. */
  pause(): void {
    this.timer.pause();
  }

  /** How long hosts were waited for, in milliseconds; 0 where none was asked. */
  get spentMs(): number {
    return this.timer.spentMs;
  }

  /** Has to be called in the end: lets go of the caller's signal. */
  end(): void {
    this.timer.end();
    this.ignoreSignal();
  }

  /** The caller's signal ends it no more. */
  ignoreSignal(): void {
    this.listening?.stop();
    this.signal = undefined;
  }

  /** Ties an exchange to the try: it is cancelled when the time is up or the caller gives up, even if that is before. */
  bind(exchange: Exchange): void {
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

  private expire(): void {
    this.stop(timeoutFault(this.timeoutMs, this.exchange?.answered ?? false));
  }

  private stop(reason: unknown): void {
    this.over = { reason };
    this.exchange?.cancel(reason);
  }
}

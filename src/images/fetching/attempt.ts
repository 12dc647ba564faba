import { type AbortListener, listen, type Listening } from '../waiting/abort-listeners.js';
import { PausableTimer } from '../waiting/pausable-timer.js';
import type { Exchange } from './exchange.js';
import { timeoutFault } from './fetch-fault.js';

/** How often the timeout of an attempt is extended when this process was suspended. */
const MAX_EXTENSIONS = 3;

/**
 * One attempt at one image, with its timeout and the caller's signal. The timeout counts while the attempt
 * waits for a host, not while it waits for a slot. A process that was suspended (frozen, or without a
 * processor) has not read the answers that arrived meanwhile. The timeout is then extended by the time that the
 * timer was late, {@link MAX_EXTENSIONS} times at most.
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

  /** Starts counting the time. */
  start(): void {
    this.timer.resume();
  }

  /** Stops counting the time. */
  pause(): void {
    this.timer.pause();
  }

  /** Time spent waiting for hosts, in milliseconds; 0 if no request was sent. */
  get spentMs(): number {
    return this.timer.spentMs;
  }

  /** Must be called at the end of the attempt. Stops listening to the caller's signal. */
  end(): void {
    this.timer.end();
    this.ignoreSignal();
  }

  /** The attempt goes on when the caller's signal aborts. */
  ignoreSignal(): void {
    this.listening?.stop();
    this.signal = undefined;
  }

  /** Cancels the exchange when the time is up or the attempt is aborted, at once if that was before. */
  bind(exchange: Exchange): void {
    this.exchange = exchange;
    if (this.over !== undefined) exchange.cancel(this.over.reason);
  }

  /**
   * Time from sending the last request to the first byte of its answer, in milliseconds; undefined without an
   * answer.
   */
  get latencyMs(): number | undefined {
    return this.exchange?.latencyMs;
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /** Aborts the attempt. */
  abort(reason: unknown): void {
    this.stop(reason);
  }

  /** Called when the caller's signal aborts. */
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

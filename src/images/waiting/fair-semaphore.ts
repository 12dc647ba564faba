import { type AbortListener, listen, type Listening } from './abort-listeners.js';
import { WaitingLine } from './waiting-line.js';

const ONE_LINE = '';

/** Who asks, how long it waits, and what ends that early. */
export interface AcquireOptions {
  /** Aborts the waiting. */
  readonly signal: AbortSignal;
  /** Those with different keys, such as jobs, are served one after the other. */
  readonly fairnessKey?: string;
  /** How long it waits at most, in milliseconds. Default: for ever. */
  readonly waitMs?: number;
}

/**
 * Limits what is held at a time, in units such as places or bytes. Fairness keys are served one after the other, and those of
 * one key in the order in which they asked. Who is next is never overtaken by one that needs less. What needs more than there
 * is at all is held alone.
 */
export class FairSemaphore {
  private held = 0;
  private readonly line = new WaitingLine<Waiter>();
  /** Who is next, once that was settled. */
  private next: Waiter | undefined;

  /** @param capacity units that may be held at a time */
  constructor(private readonly capacity: number) {}

  /** Units that are held now. */
  get inUse(): number {
    return this.held;
  }

  /** Acquires so many units if they are free and nobody waits. Who has them has to {@link release} them. */
  tryAcquire(units = 1): boolean {
    if (this.line.has(ONE_LINE) || !this.hasRoom(units)) return false;
    this.held += units;
    return true;
  }

  /**
   * Acquires so many units, which have to be given back with {@link release}.
   *
   * @returns false where they could not be had within `waitMs`
   * @throws the reason of the signal
   */
  async acquire(units: number, { signal, fairnessKey = '', waitMs }: AcquireOptions): Promise<boolean> {
    signal.throwIfAborted();
    if (this.tryAcquire(units)) return true;
    return new Promise<boolean>((resolve, reject) => {
      const waiter = new Waiter(units, resolve, reject, signal, waitMs, () => {
        this.line.remove(fairnessKey, ONE_LINE, waiter);
        if (this.next === waiter) this.next = undefined;
        this.grant();
      });
      this.line.add(fairnessKey, ONE_LINE, waiter);
    });
  }

  release(units = 1): void {
    this.held -= units;
    this.grant();
  }

  private hasRoom(units: number): boolean {
    return this.held === 0 || this.held + units <= this.capacity;
  }

  private grant(): void {
    this.next ??= this.line.next(() => true)?.waiter;
    if (this.next === undefined || !this.hasRoom(this.next.units)) return;
    this.held += this.next.units;
    // It leaves the line, and whoever is next may have room too.
    this.next.grant();
  }
}

class Waiter implements AbortListener {
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly listening: Listening;

  constructor(
    readonly units: number,
    private readonly resolve: (acquired: boolean) => void,
    private readonly reject: (reason: unknown) => void,
    private readonly signal: AbortSignal,
    waitMs: number | undefined,
    private readonly leave: () => void,
  ) {
    if (waitMs !== undefined)
      this.timer = setTimeout(() => {
        this.end();
        this.resolve(false);
      }, waitMs);
    this.listening = listen(signal, this);
  }

  grant(): void {
    this.end();
    this.resolve(true);
  }

  onAbort(): void {
    this.end();
    this.reject(this.signal.reason);
  }

  private end(): void {
    clearTimeout(this.timer);
    this.listening.stop();
    this.leave();
  }
}

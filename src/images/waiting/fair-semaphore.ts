import { type AbortListener, listen, type Listening } from './abort-listeners.js';
import { WaitingLine } from './waiting-line.js';

/** A WaitingLine also groups by host. Here there is one. */
const NO_HOST = '';

/** Options of {@link FairSemaphore.acquire}. */
export interface AcquireOptions {
  /** Aborts the wait. */
  readonly signal: AbortSignal;
  /** Different keys, such as jobs, are served in rotation. */
  readonly fairnessKey?: string;
  /** Longest wait, in milliseconds. Default: no limit. */
  readonly waitMs?: number;
}

/**
 * Limits how many units, such as slots or bytes, are in use at a time. Fairness keys are served in rotation,
 * and the callers of one key in the order of their calls. The next caller is never overtaken by one that
 * needs less. A request for more than the capacity is granted when no unit is in use.
 */
export class FairSemaphore {
  private used = 0;
  private readonly line = new WaitingLine<Waiter>();
  /** The next caller, once it was chosen. */
  private next: Waiter | undefined;

  /** @param capacity number of units that may be in use at a time */
  constructor(private readonly capacity: number) {}

  /** Number of units in use. */
  get inUse(): number {
    return this.used;
  }

  /** Acquires units if they are free and no other caller waits. The caller must {@link release} them. */
  tryAcquire(units = 1): boolean {
    if (this.line.has(NO_HOST) || !this.hasRoom(units)) return false;
    this.used += units;
    return true;
  }

  /**
   * Acquires units. The caller must {@link release} them.
   *
   * @returns false if they were not free within `waitMs`
   * @throws the reason of the signal
   */
  async acquire(units: number, { signal, fairnessKey = '', waitMs }: AcquireOptions): Promise<boolean> {
    signal.throwIfAborted();
    if (this.tryAcquire(units)) return true;
    return new Promise<boolean>((resolve, reject) => {
      const waiter = new Waiter(units, resolve, reject, signal, waitMs, (isGranted) => {
        this.line.remove(fairnessKey, NO_HOST, waiter);
        if (this.next === waiter) this.next = undefined;
        if (!isGranted) this.grant();
      });
      this.line.add(fairnessKey, NO_HOST, waiter);
    });
  }

  release(units = 1): void {
    this.used -= units;
    this.grant();
  }

  private hasRoom(units: number): boolean {
    return this.used === 0 || this.used + units <= this.capacity;
  }

  private grant(): void {
    for (;;) {
      this.next ??= this.line.next(() => true)?.waiter;
      if (this.next === undefined || !this.hasRoom(this.next.units)) return;
      this.used += this.next.units;
      // It leaves the line, so that another waiter is next.
      this.next.grant();
    }
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
    private readonly leave: (isGranted: boolean) => void,
  ) {
    if (waitMs !== undefined)
      this.timer = setTimeout(() => {
        this.end(false);
        this.resolve(false);
      }, waitMs);
    this.listening = listen(signal, this);
  }

  grant(): void {
    this.end(true);
    this.resolve(true);
  }

  onAbort(): void {
    this.end(false);
    this.reject(this.signal.reason);
  }

  private end(isGranted: boolean): void {
    clearTimeout(this.timer);
    this.listening.stop();
    this.leave(isGranted);
  }
}

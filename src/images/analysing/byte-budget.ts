import { type AbortListener, listen, type Listening } from '../abort-listeners.js';

/** Bytes that may be held at a time. Who asks first gets first; what is larger than all of it is held alone. */
export class ByteBudget {
  private held = 0;
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly most: number) {}

  /** Bytes that are held now. */
  get bytes(): number {
    return this.held;
  }

  /** Takes so many at once, or none. Who got them has to {@link release} them. */
  tryTake(bytes: number): boolean {
    if (this.waiters.size > 0 || !this.hasRoom(bytes)) return false;
    this.held += bytes;
    return true;
  }

  /**
   * Resolves with whether they were got within `patienceMs`.
   *
   * @throws the signal's reason
   */
  async take(bytes: number, patienceMs: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (this.tryTake(bytes)) return true;
    return new Promise<boolean>((resolve, reject) => {
      const waiter = new Waiter(bytes, resolve, reject, signal, patienceMs, () => {
        this.waiters.delete(waiter);
        this.grant();
      });
      this.waiters.add(waiter);
    });
  }

  release(bytes: number): void {
    this.held -= bytes;
    this.grant();
  }

  private hasRoom(bytes: number): boolean {
    return this.held === 0 || this.held + bytes <= this.most;
  }

  private grant(): void {
    for (const waiter of this.waiters) {
      if (!this.hasRoom(waiter.bytes)) return;
      this.held += waiter.bytes;
      this.waiters.delete(waiter);
      waiter.grant();
    }
  }
}

class Waiter implements AbortListener {
  private readonly timer: NodeJS.Timeout;
  private readonly listening: Listening;

  constructor(
    readonly bytes: number,
    private readonly resolve: (granted: boolean) => void,
    private readonly reject: (reason: unknown) => void,
    private readonly signal: AbortSignal,
    patienceMs: number,
    private readonly leave: () => void,
  ) {
    this.timer = setTimeout(() => this.abort(), patienceMs);
    this.listening = listen(signal, this);
  }

  /** It waits no more. */
  grant(): void {
    this.stop();
    this.resolve(true);
  }

  onAbort(): void {
    this.stop();
    this.leave();
    this.reject(this.signal.reason);
  }

  private abort(): void {
    this.stop();
    this.leave();
    this.resolve(false);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.listening.stop();
  }
}

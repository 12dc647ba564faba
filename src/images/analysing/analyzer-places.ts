import { type AbortListener, listen, type Listening } from '../abort-listeners.js';
import { WaitingLine } from '../hosts/waiting-line.js';

const ONE_LINE = '';

/** Limits how many images one analyzer works on at once. Jobs are served one after the other, and the images of a job in their order. */
export class AnalyzerPlaces {
  private taken = 0;
  private readonly line = new WaitingLine<Waiter>();

  constructor(private readonly limit: number) {}

  /** Places that are taken now. */
  get inUse(): number {
    return this.taken;
  }

  /** Takes a place if one is free. Who got it has to {@link release} it. */
  tryAcquire(): boolean {
    if (this.taken >= this.limit || this.line.count(ONE_LINE) > 0) return false;
    this.taken += 1;
    return true;
  }

  /**
   * Resolves when it has a place, which has to be given back with {@link release}; rejects with the signal's reason.
   *
   * @param fairnessKey the job
   */
  acquire(fairnessKey: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject<void>(signal.reason);
    if (this.tryAcquire()) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      const waiter = new Waiter(resolve, reject, signal, () =>
        this.line.remove(fairnessKey, ONE_LINE, waiter),
      );
      this.line.add(fairnessKey, ONE_LINE, waiter);
    });
  }

  release(): void {
    const next = this.line.next(() => true);
    if (next === undefined) this.taken -= 1;
    else next.waiter.grant();
  }
}

class Waiter implements AbortListener {
  private readonly listening: Listening;

  constructor(
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
    private readonly signal: AbortSignal,
    private readonly leave: () => void,
  ) {
    this.listening = listen(signal, this);
  }

  grant(): void {
    this.listening.stop();
    this.leave();
    this.resolve();
  }

  onAbort(): void {
    this.listening.stop();
    this.leave();
    this.reject(this.signal.reason);
  }
}

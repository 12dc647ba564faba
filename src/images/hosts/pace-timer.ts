import type { Clock } from './clock.js';

/** Wakes paced hosts when their next request may be sent. One timer serves all hosts. */
export class PaceTimer {
  private blocked = new Set<string>();
  private cancel: (() => void) | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;

  /** @param wake called with all hosts that wait, when the first of them may be sent a request */
  constructor(
    private readonly clock: Clock,
    private readonly wake: (names: ReadonlySet<string>) => void,
  ) {}

  /** Lets a host wait until `at`. It may be woken earlier, and must then be blocked again. */
  block(name: string, at: number): void {
    this.blocked.add(name);
    if (at >= this.wakeAt) return;
    this.cancel?.();
    this.wakeAt = at;
    this.cancel = this.clock.after(Math.max(1, Math.ceil(at - this.clock.now())), () => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      const names = this.blocked;
      this.blocked = new Set();
      this.wake(names);
    });
  }

  /** Forgets a host that no longer waits. */
  forget(name: string): void {
    this.blocked.delete(name);
  }

  /** Cancels the timer. */
  close(): void {
    this.cancel?.();
  }
}

import { type AbortListener, listen, type Listening } from '../waiting/abort-listeners.js';
import type { HostUnavailableError, HostRefusedError } from './host-errors.js';

/** Who wants slots of one host. `grant` and `refuse` say whether it wants another; none may throw. */
export interface Claimant {
  /** How many slots it still wants. */
  readonly size: number;
  /** How many of those are for images that the host has not refused before. They come first. */
  readonly newSize: number;
  /** A slot is its own, which it has to give back (`HostSlots.release`). */
  grant(): boolean;
  /** It gets none: the last one that it wants is refused. */
  refuse(reason: HostUnavailableError | HostRefusedError): boolean;
  /** Its signal aborted: nothing more comes. */
  abort(reason: unknown): void;
}

/** A claimant that wants one slot. */
export class OneSlot implements Claimant {
  readonly size = 1;
  readonly newSize = 1;

  constructor(
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  grant(): boolean {
    this.resolve();
    return false;
  }

  refuse(reason: HostUnavailableError | HostRefusedError): boolean {
    this.reject(reason);
    return false;
  }

  abort(reason: unknown): void {
    this.reject(reason);
  }
}

/** A claimant in the line. */
export class Waiter implements AbortListener {
  private readonly listening: Listening | undefined;

  constructor(
    readonly claimant: Claimant,
    private readonly signal: AbortSignal | undefined,
    private readonly goAway: () => void,
  ) {
    this.listening = signal && listen(signal, this);
  }

  /** Leaves the line. */
  leave(): void {
    this.listening?.stop();
    this.goAway();
  }

  onAbort(): void {
    this.leave();
    this.claimant.abort(this.signal?.reason);
  }
}

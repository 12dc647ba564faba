import { type AbortListener, listen, type Listening } from '../waiting/abort-listeners.js';
import type { HostUnavailableError, HostRefusedError } from './deferral-errors.js';

/**
 * A request for slots of one host. `grant` and `sendBack` return whether it needs another slot. No method may
 * throw.
 */
export interface SlotRequest {
  /** Number of slots that it still needs. */
  readonly size: number;
  /** Number of those slots that are for images the host has never refused. These images come first. */
  readonly newSize: number;
  /** A slot was acquired. Its owner must release it with `HostSlots.release`. */
  grant(): boolean;
  /** The last slot of the request will not be granted here. Its image is deferred, or fails. */
  sendBack(reason: HostUnavailableError | HostRefusedError): boolean;
  /** The signal aborted. No other method is called after this. */
  abort(reason: unknown): void;
}

/** A request for one slot. */
export class SingleSlotRequest implements SlotRequest {
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

  sendBack(reason: HostUnavailableError | HostRefusedError): boolean {
    this.reject(reason);
    return false;
  }

  abort(reason: unknown): void {
    this.reject(reason);
  }
}

/** A request that waits in the line. */
export class Waiter implements AbortListener {
  private readonly listening: Listening | undefined;

  constructor(
    readonly request: SlotRequest,
    private readonly signal: AbortSignal | undefined,
    private readonly remove: () => void,
  ) {
    this.listening = signal && listen(signal, this);
  }

  /** Leaves the line. */
  leave(): void {
    this.listening?.stop();
    this.remove();
  }

  onAbort(): void {
    this.leave();
    this.request.abort(this.signal?.reason);
  }
}

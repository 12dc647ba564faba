import { type LinkedEntry, LinkedList } from './linked-list.js';

/** Who wants to know when a signal aborts. */
export interface AbortListener {
  onAbort(): void;
}

/** A listener that waits for a signal. */
export interface Listening {
  /** The listener is called no more. */
  stop(): void;
}

const waiting = new WeakMap<AbortSignal, SignalListeners>();

/**
 * Calls back when a signal aborts. All the images of a batch wait for the same signal: it has one listener, however many
 * they are, since adding and removing one costs as much as a hundredth of an image.
 */
export function listen(signal: AbortSignal, listener: AbortListener): Listening {
  let listeners = waiting.get(signal);
  if (listeners === undefined) {
    listeners = new SignalListeners(signal);
    waiting.set(signal, listeners);
  }
  return new ListedListener(listeners, listeners.add(listener));
}

/** Those who wait for one signal. */
class SignalListeners {
  private readonly listeners = new LinkedList<AbortListener>();
  private readonly call = (): void => {
    for (const { value } of this.listeners) value.onAbort();
  };

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.call);
  }

  add(listener: AbortListener): LinkedEntry<AbortListener> {
    return this.listeners.add(listener);
  }

  /** Where nobody is left the signal is released, as one that is combined of others is kept until then. */
  remove(entry: LinkedEntry<AbortListener>): void {
    if (!entry.isListed) return;
    this.listeners.remove(entry);
    if (!this.listeners.isEmpty) return;
    waiting.delete(this.signal);
    this.signal.removeEventListener('abort', this.call);
  }
}

class ListedListener implements Listening {
  constructor(
    private readonly listeners: SignalListeners,
    private readonly entry: LinkedEntry<AbortListener>,
  ) {}

  stop(): void {
    this.listeners.remove(this.entry);
  }
}

import { type LinkedEntry, LinkedList } from './linked-list.js';

/** Called when a signal aborts. */
export interface AbortListener {
  onAbort(): void;
}

/** A registered listener. */
export interface Listening {
  /** Removes the listener. */
  stop(): void;
}

const listenersBySignal = new WeakMap<AbortSignal, SignalListeners>();

/**
 * Calls a listener when a signal aborts. The signal itself gets one listener, however many are registered here.
 * All images of a batch use the same signal, and adding and removing a listener of the signal for each
 * image would take a hundredth of the processor time of an image.
 */
export function listen(signal: AbortSignal, listener: AbortListener): Listening {
  let listeners = listenersBySignal.get(signal);
  if (listeners === undefined) {
    listeners = new SignalListeners(signal);
    listenersBySignal.set(signal, listeners);
  }
  return new ListedListener(listeners, listeners.add(listener));
}

/** The listeners of one signal. */
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

  /** Without listeners the signal is released. A signal of `AbortSignal.any` is kept as long as it has one. */
  remove(entry: LinkedEntry<AbortListener>): void {
    if (!entry.isListed) return;
    this.listeners.remove(entry);
    if (!this.listeners.isEmpty) return;
    listenersBySignal.delete(this.signal);
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

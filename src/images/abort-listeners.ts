/** Who wants to know when a signal aborts. */
export interface AbortListener {
  onAbort(): void;
}

/** Those who wait for a signal, and the one listener that calls them. */
interface Waiting {
  readonly listeners: Set<AbortListener>;
  readonly call: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls back when a signal aborts. All the images of a batch wait for the same signal: it has one listener, however many
 * they are, since adding and removing one costs as much as a hundredth of an image.
 */
export function listen(signal: AbortSignal, listener: AbortListener): void {
  let those = waiting.get(signal);
  if (those === undefined) {
    const listeners = new Set<AbortListener>();
    const call = (): void => {
      for (const each of listeners) each.onAbort();
    };
    those = { listeners, call };
    waiting.set(signal, those);
    signal.addEventListener('abort', call);
  }
  those.listeners.add(listener);
}

/** Calls back no more. Where nobody is left the signal is let go of, as one that is combined of others is kept until then. */
export function unlisten(signal: AbortSignal, listener: AbortListener): void {
  const those = waiting.get(signal);
  if (those?.listeners.delete(listener) !== true || those.listeners.size > 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', those.call);
}

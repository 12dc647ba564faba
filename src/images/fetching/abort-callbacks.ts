/** Who is to be called when a signal aborts, and the one listener that calls them. */
interface Callbacks {
  readonly calls: Set<() => void>;
  readonly listener: () => void;
}

const waiting = new WeakMap<AbortSignal, Callbacks>();

/**
 * Calls back when a signal aborts. All the images of a batch wait for the same signal: it has one listener, however many
 * they are, since adding and removing one costs as much as a hundredth of an image.
 */
export function onAbort(signal: AbortSignal, call: () => void): void {
  let callbacks = waiting.get(signal);
  if (callbacks === undefined) {
    const calls = new Set<() => void>();
    const listener = (): void => {
      for (const each of calls) each();
    };
    callbacks = { calls, listener };
    waiting.set(signal, callbacks);
    signal.addEventListener('abort', listener);
  }
  callbacks.calls.add(call);
}

/** Takes a callback back. Where none is left the signal is let go of, as one that is combined of others is kept until then. */
export function offAbort(signal: AbortSignal, call: () => void): void {
  const callbacks = waiting.get(signal);
  if (callbacks?.calls.delete(call) !== true || callbacks.calls.size > 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', callbacks.listener);
}

import type { IncomingMessage } from 'node:http';

const callers = new WeakMap<IncomingMessage, string>();

/** Notes who sent a request, as whoever checks keys knows it: an opaque name, the same for each request of a caller. */
export function rememberCaller(request: IncomingMessage, caller: string): void {
  callers.set(request, caller);
}

/** Who sent a request: `''` where callers are not told apart. */
export function callerOf(request: IncomingMessage): string {
  return callers.get(request) ?? '';
}

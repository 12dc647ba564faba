import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { Scope } from './scopes.js';

/** The name and the scopes of the API key that a request was sent with. */
export interface CallerKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Set for the token of a shared link, which opens this job alone. */
  readonly share?: { readonly jobId: string; readonly expiresAt: Date };
}

const callers = new WeakMap<IncomingMessage, string>();
const callerKeys = new WeakMap<IncomingMessage, CallerKey>();

/** Records the caller of a request: an opaque name, which is the same for all requests of the caller. */
export function rememberCaller(request: IncomingMessage, caller: string): void {
  callers.set(request, caller);
}

/** Returns the caller of a request, or `''` if callers are not identified. */
export function getCaller(request: IncomingMessage): string {
  return callers.get(request) ?? '';
}

/** Records the API key that a request was sent with. */
export function rememberKey(request: IncomingMessage, key: CallerKey): void {
  callerKeys.set(request, key);
}

/** Returns the API key of a request. It is undefined in a server without keys, and in a host platform. */
export function getKey(request: IncomingMessage): CallerKey | undefined {
  return callerKeys.get(request);
}

/** The number of bytes of the IPv6 prefix that a provider assigns to one customer (/56). */
const CUSTOMER_BYTES = 7;

/**
 * Returns the key by which limited resources are shared fairly: the caller, or the address of the client if callers are not identified.
 */
export function getFairnessKey(request: Request): string {
  return getCaller(request) || getNetwork(request.ip ?? request.socket.remoteAddress ?? '');
}

function getNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : Buffer.from(parsed.toByteArray().slice(0, CUSTOMER_BYTES)).toString('hex');
}

import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { Scope } from './scopes.js';

/** The name and the scopes of the API key that a request was sent with. */
export interface CallerKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

const callers = new WeakMap<IncomingMessage, string>();
const callerKeys = new WeakMap<IncomingMessage, CallerKey>();

/** Notes who sent a request, as whoever checks keys knows it: an opaque name, the same for each request of a caller. */
export function rememberCaller(request: IncomingMessage, caller: string): void {
  callers.set(request, caller);
}

/** Who sent a request: `''` where callers are not told apart. */
export function getCaller(request: IncomingMessage): string {
  return callers.get(request) ?? '';
}

/** Records the API key that a request was sent with. */
export function rememberKey(request: IncomingMessage, key: CallerKey): void {
  callerKeys.set(request, key);
}

/** The API key that a request was sent with; undefined in a server without keys, and in a platform. */
export function getKey(request: IncomingMessage): CallerKey | undefined {
  return callerKeys.get(request);
}

/** Bytes of an IPv6 address that one customer gets: a /56. */
const CUSTOMER_BYTES = 7;

/**
 * Whose share of something scarce a request takes: the caller's, or, where callers are not told apart, that of the address it
 * came from.
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

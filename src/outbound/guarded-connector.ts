import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressRule } from './address-rule.js';
import { type LookupAll, systemLookup } from './lookup.js';
import {
  ForbiddenAddressError,
  ForbiddenPortError,
  NoAddressError,
  PeerGoneError,
} from './outbound-errors.js';

export interface ConnectorOptions {
  /** Timeout for opening a connection including TLS, in milliseconds. */
  readonly timeoutMs: number;
  readonly lookup?: LookupAll;
  /** A certificate authority in PEM that replaces the default ones. */
  readonly ca?: string;
}

/**
 * Time before the next of several addresses is tried too, in milliseconds (RFC 8305 §5 says 100 to 2000).
 */
export const NEXT_ADDRESS_AFTER_MS = 500;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Creates a connector for undici that connects only to permitted addresses. The rule is applied at the moment
 * of connecting, so that no spelling, DNS result or redirect can bypass it:
 *
 * - A literal address is checked directly, because Node does no look-up for it.
 * - For a name, every result of the look-up is checked, and the socket gets only the permitted ones, in order.
 *   A name with permitted and forbidden addresses uses the permitted ones. A name with only forbidden addresses
 *   is refused.
 * - The address that the socket is connected to is checked again.
 * - The port must be allowed, if the rule lists ports.
 *
 * It uses only HTTP/1.1, always checks certificates, whatever the environment says, and uses no proxy.
 */
export function guardedConnector(rule: AddressRule, options: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    timeout: options.timeoutMs,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    lookup: guardedLookup(rule, options.lookup ?? systemLookup),
    rejectUnauthorized: true,
    allowH2: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  return (target, callback) => {
    const port = Number(target.port || DEFAULT_PORTS[target.protocol]);
    if (!rule.permitsPort(port)) return callback(new ForbiddenPortError(port), null);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !rule.permits(host)) return callback(new ForbiddenAddressError(), null);
    connect(target, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      const peer = socket.remoteAddress;
      if (peer !== undefined && rule.permits(peer)) return callback(null, socket);
      socket.destroy();
      callback(peer === undefined ? new PeerGoneError() : new ForbiddenAddressError(), null);
    });
  };
}

/**
 * Creates a look-up for `net.connect` and `http.Agent` that returns only permitted addresses. It fails with
 * {@link ForbiddenAddressError} if there is none.
 */
export function guardedLookup(rule: AddressRule, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      if (addresses.length === 0) return callback(new NoAddressError(), []);
      const permitted = addresses.filter(({ address }) => rule.permits(address));
      const [first] = permitted;
      if (first === undefined) return callback(new ForbiddenAddressError(), []);
      if (options.all === true) return callback(null, permitted);
      callback(null, first.address, first.family);
    });
  };
}

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
  /** Milliseconds for one connection to stand, TLS included. */
  readonly timeoutMs: number;
  readonly lookup?: LookupAll;
  /** A certificate authority to trust instead of the known ones, in PEM. */
  readonly ca?: string;
}

/** How long one of several addresses is tried before the next, in milliseconds (RFC 8305 §5 says 100 to 2000). */
export const NEXT_ADDRESS_AFTER_MS = 500;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * A connector for undici that connects to permitted addresses alone. The rule is applied at the moment of connecting,
 * so that neither an odd spelling nor DNS nor a redirect gets round it:
 *
 * - a literal address is judged as it stands, for Node asks no look-up for one;
 * - of a name every answer of the look-up is judged, and the socket is given only those that may be connected to, in
 *   their order. A name with good and bad answers reaches the good ones; one with bad answers only is refused;
 * - the address that the socket stands on in the end is judged once more;
 * - the port has to be among the allowed ones, where the rule names some.
 *
 * It speaks HTTP/1.1 alone, checks certificates whatever the environment says, and knows no proxy.
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
 * A look-up for `net.connect` and `http.Agent` that answers with permitted addresses alone, and fails with
 * {@link ForbiddenAddressError} when there is none.
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

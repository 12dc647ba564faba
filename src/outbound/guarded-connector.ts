import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressRule } from './address-rule.js';
import { ForbiddenAddressError } from './outbound-errors.js';

/** Looks a name up as `dns.lookup` with `all`. */
export type LookupAll = (
  hostname: string,
  options: dns.LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void;

/**
 * A connector for undici that connects to permitted addresses alone. The rule is applied at the moment of connecting:
 * a literal address is judged as it stands (Node asks no look-up for those); of a name every answer of the look-up is
 * judged, and the socket is only given those that may be connected to. So neither an odd spelling nor DNS nor a
 * redirect gets round it. What the socket is connected to in the end is judged once more.
 *
 * @param timeoutMs for one connection to stand, TLS included
 */
export function guardedConnector(
  rule: AddressRule,
  timeoutMs: number,
  lookup: LookupAll = lookupAll,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: timeoutMs,
    autoSelectFamily: true,
    lookup: guardedLookup(rule, lookup),
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !rule.permits(host)) return callback(new ForbiddenAddressError(), null);
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      if (!rule.permits(socket.remoteAddress ?? '')) {
        socket.destroy();
        return callback(new ForbiddenAddressError(), null);
      }
      callback(null, socket);
    });
  };
}

function guardedLookup(rule: AddressRule, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const permitted = addresses.filter(({ address }) => rule.permits(address));
      const [first] = permitted;
      if (first === undefined) return callback(new ForbiddenAddressError(), []);
      if (options.all === true) return callback(null, permitted);
      callback(null, first.address, first.family);
    });
  };
}

function lookupAll(
  hostname: string,
  options: dns.LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
): void {
  dns.lookup(hostname, options, done);
}

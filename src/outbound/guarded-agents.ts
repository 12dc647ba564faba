import http from 'node:http';
import https from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AddressRule } from './address-rule.js';
import { guardedLookup, NEXT_ADDRESS_AFTER_MS } from './guarded-connector.js';
import { type LookupAll, systemLookup } from './lookup.js';
import { ForbiddenAddressError, ForbiddenPortError, PeerGoneError } from './outbound-errors.js';

export interface AgentsOptions {
  readonly lookup?: LookupAll;
  /** A certificate authority in PEM that replaces the default ones. */
  readonly ca?: string;
}

type Connected = (error: Error | null, socket: Duplex) => void;
type Connecting = (options: http.ClientRequestArgs, connected?: Connected) => Duplex | null | undefined;

/**
 * Creates agents for `node:http` and `node:https` that connect only to permitted addresses, with the same
 * checks as the connector for undici: a literal address, each result of a look-up, and the address that the
 * socket is connected to. They always check certificates, whatever the environment says, use no proxy, and keep
 * no connection.
 */
export function guardedAgents(
  rule: AddressRule,
  { lookup = systemLookup, ca }: AgentsOptions = {},
): { readonly httpAgent: http.Agent; readonly httpsAgent: https.Agent } {
  const options = {
    keepAlive: false,
    lookup: guardedLookup(rule, lookup),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  };
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  return {
    httpAgent: guarded(new http.Agent(options), rule),
    httpsAgent: guarded(new https.Agent({ ...options, ...trust }), rule),
  };
}

function guarded<A extends http.Agent>(agent: A, rule: AddressRule): A {
  const connect: Connecting = agent.createConnection.bind(agent);
  const connectGuarded: Connecting = (options, connected) => {
    const port = Number(options.port);
    if (!rule.permitsPort(port)) {
      connected?.(new ForbiddenPortError(port), new Socket());
      return undefined;
    }
    const host = (options.host ?? '').replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !rule.permits(host)) {
      connected?.(new ForbiddenAddressError(), new Socket());
      return undefined;
    }
    const socket = connect(options, connected);
    if (!(socket instanceof Socket)) throw new TypeError('the agent made no socket');
    // Runs before the listener that sends, because listeners run in order.
    socket.prependOnceListener('connect', () => {
      const peer = socket.remoteAddress;
      if (peer !== undefined && rule.permits(peer)) return;
      socket.destroy(peer === undefined ? new PeerGoneError() : new ForbiddenAddressError());
    });
    return socket;
  };
  return Object.assign(agent, { createConnection: connectGuarded });
}

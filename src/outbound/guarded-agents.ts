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
  /** A certificate authority to trust instead of the known ones, in PEM. */
  readonly ca?: string;
}

type Connected = (error: Error | null, socket: Duplex) => void;
type Connecting = (options: http.ClientRequestArgs, connected?: Connected) => Duplex | null | undefined;

/**
 * Agents for `node:http` and `node:https` that connect to permitted addresses alone, by the same rule at the same moment as
 * the connector for undici: a literal address as it stands, of a name each answer of the look-up, and in the end the
 * address that the socket stands on. They check certificates whatever the environment says, know no proxy, and keep no
 * connection.
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
    // Before whoever sends: these listeners run in the order in which they were added.
    socket.prependOnceListener('connect', () => {
      const peer = socket.remoteAddress;
      if (peer !== undefined && rule.permits(peer)) return;
      socket.destroy(peer === undefined ? new PeerGoneError() : new ForbiddenAddressError());
    });
    return socket;
  };
  return Object.assign(agent, { createConnection: connectGuarded });
}

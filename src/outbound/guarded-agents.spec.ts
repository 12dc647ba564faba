import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AddressRule } from './address-rule.js';
import { type AgentsOptions, guardedAgents } from './guarded-agents.js';
import type { LookupAll } from './lookup.js';
import { ForbiddenAddressError, ForbiddenPortError, NoAddressError } from './outbound-errors.js';

const TLS = new URL('../../test/fixtures/tls/', import.meta.url);
const cert = readFileSync(new URL('cert.pem', TLS), 'utf8');
const key = readFileSync(new URL('key.pem', TLS), 'utf8');

const loopback = new AddressRule({ allowedNetworks: ['127.0.0.1/32'], allowedHosts: [] });
const strict = new AddressRule({ allowedNetworks: [], allowedHosts: [] });

const answering =
  (...addresses: string[]): LookupAll =>
  (_hostname, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: net.isIP(address) })),
    );

describe.each(['http', 'https'] as const)('a guarded agent for %s', (scheme) => {
  let server: http.Server | https.Server;
  let connections = 0;

  beforeAll(async () => {
    server = scheme === 'http' ? http.createServer() : https.createServer({ key, cert });
    server.on('connection', () => (connections += 1));
    server.on('request', (_request, response) => response.end('here'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  /** The body of the answer. */
  async function get(host: string, rule: AddressRule, options: AgentsOptions = {}): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const { httpAgent, httpsAgent } = guardedAgents(rule, { ca: cert, ...options });
    const request =
      scheme === 'http'
        ? http.request({ host, port, agent: httpAgent })
        : https.request({ host, port, agent: httpsAgent });
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return Buffer.concat(await response.toArray()).toString();
  }

  /** What came of it, and how many connections reached the server for it. */
  async function refusal(...asked: Parameters<typeof get>): Promise<unknown> {
    const before = connections;
    const error = await get(...asked).catch((thrown: unknown) => thrown);
    expect(connections - before).toBe(0);
    return error;
  }

  it('connects to a permitted address, a literal one or one that was looked up', async () => {
    const before = connections;
    // The certificate is one of a name: https ends after it has connected.
    await get('127.0.0.1', loopback).catch(() => {});
    expect(connections - before).toBe(1);
    expect(await get('images.test', loopback, { lookup: answering('127.0.0.1') })).toBe('here');
  });

  it.each(['127.0.0.1', '::1', '[::1]', '::ffff:7f00:1', '0.0.0.0', '169.254.169.254'])(
    'begins no connection to a literal address that is not permitted: %s',
    async (host) => {
      expect(await refusal(host, strict)).toBeInstanceOf(ForbiddenAddressError);
    },
  );

  it('begins none to a port that is not among the allowed ones', async () => {
    const rule = new AddressRule({
      allowedNetworks: ['127.0.0.1/32'],
      allowedHosts: [],
      allowedPorts: [80, 443],
    });
    expect(await refusal('127.0.0.1', rule)).toBeInstanceOf(ForbiddenPortError);
    const { port } = server.address() as AddressInfo;
    const permitted = new AddressRule({
      allowedNetworks: ['127.0.0.1/32'],
      allowedHosts: [],
      allowedPorts: [port],
    });
    expect(await get('images.test', permitted, { lookup: answering('127.0.0.1') })).toBe('here');
  });

  it('begins none to a name that leads to such an address, or to none', async () => {
    const inside = answering('127.0.0.1', '10.0.0.1');
    expect(await refusal('images.test', strict, { lookup: inside })).toBeInstanceOf(ForbiddenAddressError);
    expect(await refusal('images.test', loopback, { lookup: answering() })).toBeInstanceOf(NoAddressError);
  });

  it('takes the permitted ones of several addresses', async () => {
    expect(await get('images.test', loopback, { lookup: answering('10.0.0.1', '127.0.0.1') })).toBe('here');
  });

  it('sends nothing if the socket is connected to another address', async () => {
    const wildcard = new AddressRule({ allowedNetworks: ['0.0.0.0/8'], allowedHosts: [] });
    // The system connects 0.0.0.0 to loopback, which is not in that block.
    await expect(get('0.0.0.0', wildcard)).rejects.toThrow(ForbiddenAddressError);
  });
});

describe('a guarded agent', () => {
  it('trusts no certificate of an authority that it does not know', async () => {
    const server = https.createServer({ key, cert }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = https.request({ host: '127.0.0.1', port, agent: guardedAgents(loopback).httpsAgent });
    request.end();
    await expect(once(request, 'response')).rejects.toThrow('self-signed certificate');
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
});

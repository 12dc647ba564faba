import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AddressRule } from './address-rule.js';
import { type ConnectorOptions, guardedConnector, guardedLookup } from './guarded-connector.js';
import type { LookupAll } from './lookup.js';
import { ForbiddenAddressError, ForbiddenPortError, NoAddressError } from './outbound-errors.js';

const TLS = new URL('../../test/fixtures/tls/', import.meta.url);
const cert = readFileSync(new URL('cert.pem', TLS), 'utf8');
const key = readFileSync(new URL('key.pem', TLS), 'utf8');

const loopback = new AddressRule({ allowedNetworks: ['127.0.0.1/32'], allowedHosts: [] });
const strict = new AddressRule({ allowedNetworks: [], allowedHosts: [] });

/** A look-up that answers with these addresses: at each question with the next list, and with the last one from then on. */
function answering(...answers: string[][]): LookupAll & { readonly asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupAll = (hostname, _options, done) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    done(
      null,
      addresses.map((address) => ({ address, family: net.isIP(address) })),
    );
  };
  return Object.assign(lookup, { asked });
}

async function listen<S extends net.Server>(server: S, sockets: Set<Socket>): Promise<S> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a guarded connection', () => {
  const accepted = new Set<Socket>();
  const opened = new Set<Socket>();
  let plain: net.Server;
  let secure: tls.Server;

  beforeAll(async () => {
    plain = await listen(net.createServer(), accepted);
    secure = await listen(tls.createServer({ key, cert }), accepted);
    secure.on('tlsClientError', () => {});
  });

  afterEach(() => {
    for (const socket of [...opened, ...accepted]) socket.destroy();
    opened.clear();
    accepted.clear();
  });

  afterAll(async () => {
    await Promise.all([plain, secure].map((server) => once(server.close(), 'close')));
  });

  function connect(
    hostname: string,
    options: Partial<ConnectorOptions> & { rule?: AddressRule; protocol?: 'http:' | 'https:' } = {},
  ): Promise<Socket> {
    const { rule = loopback, protocol = 'http:', ...others } = options;
    const { port } = (protocol === 'http:' ? plain : secure).address() as AddressInfo;
    const connector = guardedConnector(rule, { timeoutMs: 5_000, ...others });
    return new Promise((resolve, reject) => {
      connector({ hostname, protocol, port: String(port) }, (...[error, socket]) => {
        if (error !== null) return reject(error);
        opened.add(socket);
        resolve(socket);
      });
    });
  }

  /** Connections the servers have seen, once one more that is permitted has reached them. */
  async function connectionsBefore(): Promise<number> {
    const arrival = once(plain, 'connection');
    await connect('127.0.0.1');
    await arrival;
    return accepted.size - 1;
  }

  describe('to a literal address', () => {
    it('is opened if the address is permitted, without a look-up', async () => {
      const lookup = answering(['10.0.0.1']);
      const socket = await connect('127.0.0.1', { lookup });
      expect(socket.remoteAddress).toBe('127.0.0.1');
      expect(lookup.asked).toEqual([]);
    });

    it.each(['127.0.0.1', '127.0.0.2', '0.0.0.0', '169.254.169.254', '[::1]', '[::]', '[::7f00:1]', '::1'])(
      'is not even begun where it is not: %s',
      async (hostname) => {
        await expect(connect(hostname, { rule: strict })).rejects.toThrow(ForbiddenAddressError);
        expect(await connectionsBefore()).toBe(0);
      },
    );

    it('is opened if the address is permitted as mapped into IPv6', async () => {
      const socket = await connect('::ffff:7f00:1');
      expect(socket.remoteAddress).toMatch(/127\.0\.0\.1$/);
      await expect(connect('::ffff:7f00:1', { rule: strict })).rejects.toThrow(ForbiddenAddressError);
    });

    it('is also checked by the address that it is connected to', async () => {
      const wildcard = new AddressRule({ allowedNetworks: ['0.0.0.0/8'], allowedHosts: [] });
      // The system connects 0.0.0.0 to loopback, which is not in that block.
      await expect(connect('0.0.0.0', { rule: wildcard })).rejects.toThrow(ForbiddenAddressError);
    });
  });

  describe('to a port', () => {
    const port = (): number => (plain.address() as AddressInfo).port;
    const onPorts = (...allowedPorts: number[]): AddressRule =>
      new AddressRule({ allowedNetworks: ['127.0.0.1/32'], allowedHosts: [], allowedPorts });

    it('is opened if the port is allowed', async () => {
      const socket = await connect('127.0.0.1', { rule: onPorts(443, port()) });
      expect(socket.remotePort).toBe(port());
    });

    it('is not begun if the port is not allowed, and the error names the port and the setting', async () => {
      const refused = connect('127.0.0.1', { rule: onPorts(80, 443) });
      await expect(refused).rejects.toThrow(ForbiddenPortError);
      await expect(refused).rejects.toThrow(
        `port ${port()} is not among the allowed ones (IMAGE_ALLOWED_PORTS)`,
      );
      expect(await connectionsBefore()).toBe(0);
    });

    it.each([
      ['http:', 443, 'port 80'],
      ['https:', 80, 'port 443'],
    ])('is judged by the default port of %s where the URL names none', async (protocol, allowed, said) => {
      const connector = guardedConnector(onPorts(allowed), { timeoutMs: 5_000 });
      const refused = new Promise((_resolve, reject) => {
        connector({ hostname: '127.0.0.1', protocol, port: '' }, (...[error]) => reject(error));
      });
      await expect(refused).rejects.toThrow(said);
    });
  });

  describe('to a name', () => {
    it('goes to the address that was looked up', async () => {
      const lookup = answering(['127.0.0.1']);
      const socket = await connect('photos.test', { lookup });
      expect(socket.remoteAddress).toBe('127.0.0.1');
      expect(lookup.asked).toEqual(['photos.test']);
    });

    it.each([
      ['10.0.0.1', '169.254.169.254', '127.0.0.1'],
      ['::1', '127.0.0.1', '::ffff:10.0.0.1'],
      ['127.0.0.1', '10.0.0.1'],
    ])('goes to the good one among its addresses: %s, %s, …', async (...addresses) => {
      const socket = await connect('mixed.test', { lookup: answering(addresses) });
      expect(socket.remoteAddress).toBe('127.0.0.1');
    });

    it.each([
      [['127.0.0.1']],
      [['127.0.0.1', '::1', '10.0.0.1']],
      [['::ffff:127.0.0.1']],
      [['::127.0.0.1']],
      [['64:ff9b::7f00:1']],
      [['fe80::1%eth0']],
      [['not an address']],
    ])('is refused, without a connection, when all of its addresses are bad: %j', async (addresses) => {
      const refused = connect('inside.test', { rule: strict, lookup: answering(addresses) });
      await expect(refused).rejects.toThrow(ForbiddenAddressError);
      expect(await connectionsBefore()).toBe(0);
    });

    it('is looked up once, so that a second answer cannot differ', async () => {
      const lookup = answering(['127.0.0.1'], ['10.0.0.1']);
      const socket = await connect('rebinding.test', { lookup });
      expect(socket.remoteAddress).toBe('127.0.0.1');
      expect(lookup.asked).toHaveLength(1);
    });

    it('is checked again for each connection', async () => {
      const lookup = answering(['127.0.0.1'], ['10.0.0.1'], ['127.0.0.1']);
      const options = { lookup };
      await expect(connect('rebinding.test', options)).resolves.toBeInstanceOf(net.Socket);
      await expect(connect('rebinding.test', options)).rejects.toThrow(ForbiddenAddressError);
      await expect(connect('rebinding.test', options)).resolves.toBeInstanceOf(net.Socket);
    });

    it('fails with the error of the look-up', async () => {
      const error = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      const lookup: LookupAll = (_hostname, _options, done) => done(error, []);
      await expect(connect('nowhere.test', { lookup })).rejects.toMatchObject({ code: 'ENOTFOUND' });
    });

    it('fails as a name without an address when the look-up answers with none', async () => {
      const nothing = connect('empty.test', { lookup: answering([]) });
      await expect(nothing).rejects.toThrow(NoAddressError);
    });

    it('is looked up by the system when there is no other look-up', async () => {
      await expect(connect('localhost')).resolves.toMatchObject({ remoteAddress: '127.0.0.1' });
      await expect(connect('localhost', { rule: strict })).rejects.toThrow(ForbiddenAddressError);
    });
  });

  describe('over TLS', () => {
    const lookup = answering(['127.0.0.1']);
    const overTls = { protocol: 'https:', lookup } as const;

    it('is opened with a trusted certificate, and uses HTTP/1.1', async () => {
      const socket = await connect('images.test', { ...overTls, ca: cert });
      expect(socket).toBeInstanceOf(tls.TLSSocket);
      expect(socket).toMatchObject({ authorized: true, alpnProtocol: false });
    });

    it('is refused with an untrusted certificate', async () => {
      await expect(connect('images.test', overTls)).rejects.toMatchObject({
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
    });

    it.each(['other.test', 'images.test.evil.test', '127.0.0.1'])(
      'is refused with a certificate of another name than %s',
      async (hostname) => {
        const refused = connect(hostname, { ...overTls, ca: cert });
        await expect(refused).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      },
    );

    it('is refused by its address before any certificate is looked at', async () => {
      const refused = connect('images.test', { ...overTls, ca: cert, rule: strict });
      await expect(refused).rejects.toThrow(ForbiddenAddressError);
    });
  });
});

describe('a guarded look-up', () => {
  const lookup = answering(['10.0.0.1', '127.0.0.1', '8.8.8.8']);

  it('answers with all good addresses, in their order', (done) => {
    guardedLookup(loopback, lookup)('mixed.test', { all: true }, (error, addresses) => {
      expect([error, addresses]).toEqual([
        null,
        [
          { address: '127.0.0.1', family: 4 },
          { address: '8.8.8.8', family: 4 },
        ],
      ]);
      done();
    });
  });

  it('answers with the first permitted address if one is requested', (done) => {
    guardedLookup(strict, lookup)('mixed.test', {}, (error, address, family) => {
      expect([error, address, family]).toEqual([null, '8.8.8.8', 4]);
      done();
    });
  });

  it('keeps an agent of node:http from bad addresses', async () => {
    const inside = guardedLookup(strict, answering(['127.0.0.1']));
    const request = http.get('http://inside.test:9/', { agent: new http.Agent(), lookup: inside });
    const [error] = await once(request, 'error');
    expect(error).toBeInstanceOf(ForbiddenAddressError);
  });
});

import { execFile } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HELD_BYTES } from '../src/images/fetching/download-memory.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type { ImageOutcome } from '../src/images/fetching/image-outcome.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import { systemLookup } from '../src/outbound/lookup.js';
import { fetchOne } from './support/fetch-one.js';
import type { FetchingOrder, HeldMost } from './support/fetching-process.js';
import { HOARDING_HOSTS, HOSTILE_HOSTS } from './support/hostile-hosts.js';
import { listen, questioned, type RunningHost } from './support/hostile-server.js';
import { ImageHost } from './support/image-host.js';

const MAX_BYTES = 1_048_576;
/** What a connection may bring beside the bytes that count: its answer's head, and what was read when it was cut. */
const BESIDE = 262_144;
const RULES = { allowedNetworks: ['127.0.0.1/32'], allowedHosts: [] };

/** Time for those that are expected to take all of it, and for those that are not, however busy the machine is. */
const SHORT_MS = 1_500;
const LONG_MS = 40_000;

function fetcher(timeoutMs: number): ImageFetcher {
  return new ImageFetcher(new AddressRule(RULES), new HostRule(RULES), systemLookup, {
    concurrency: HOSTILE_HOSTS.length,
    hostConcurrency: 16,
    timeoutMs,
    maxBytes: MAX_BYTES,
    memoryBytes: 134_217_728,
    userAgent: 'shelfline/test',
  });
}

function inWords(outcome: ImageOutcome): string {
  if (outcome.kind !== 'failed') return outcome.kind;
  return `${outcome.code}${outcome.retryable ? ', may pass' : ''}`;
}

/** undici tells of each connection that stands. */
interface Connected {
  readonly connectParams: { readonly port: string };
  readonly socket: Socket;
}

describe('hosts that misbehave, all of them at once', () => {
  const [hasty, patient] = [fetcher(SHORT_MS), fetcher(LONG_MS)];
  const hosts: RunningHost[] = [];
  const outcomes: ImageOutcome[] = [];
  const sockets = new Map<number, Socket[]>();
  const note = (message: unknown): void => {
    const { connectParams, socket } = message as Connected;
    const port = Number(connectParams.port);
    sockets.set(port, [...(sockets.get(port) ?? []), socket]);
  };

  beforeAll(async () => {
    diagnostics.subscribe('undici:client:connected', note);
    hosts.push(...(await Promise.all(HOSTILE_HOSTS.map(async ({ start }) => start()))));
    const tries = HOSTILE_HOSTS.map(async ({ outcome }, index) =>
      fetchOne(outcome.startsWith('timeout') ? hasty : patient, hosts[index]?.url ?? ''),
    );
    outcomes.push(...(await Promise.all(tries)));
  });

  afterAll(async () => {
    diagnostics.unsubscribe('undici:client:connected', note);
    await Promise.all([hasty, patient].map(async (each) => each.onApplicationShutdown()));
    await Promise.all(hosts.map(async (host) => host.close()));
  });

  const each = HOSTILE_HOSTS.map(({ what, outcome }, index) => [what, outcome, index] as const);

  it.each(each)('a hostile host that %s: %s', (_what, outcome, index) => {
    const came = outcomes[index];
    expect(came === undefined ? 'nothing' : inWords(came)).toBe(outcome);
  });

  it.each(each)(
    'at most the permitted bytes are read from a hostile host that %s',
    (_what, _outcome, index) => {
      const ours = sockets.get(hosts[index]?.port ?? 0) ?? [];
      const read = ours.reduce((sum, socket) => sum + socket.bytesRead, 0);
      expect(read).toBeLessThanOrEqual(MAX_BYTES + BESIDE * ours.length);
    },
  );
});

describe('hosts that make a download hold what they send', () => {
  const DOWNLOADS = 32;
  /** So few of one host are in flight at once from the start. */
  const OF_ONE_HOST = 4;

  it.each(HOARDING_HOSTS)(
    'hostile downloads hold at most IMAGE_MEMORY_BYTES: %s',
    async (_what, answering) => {
      const hosts = await Promise.all(
        Array.from({ length: DOWNLOADS / OF_ONE_HOST }, () => listen('http', questioned(answering))),
      );
      const options = {
        concurrency: DOWNLOADS,
        hostConcurrency: OF_ONE_HOST,
        timeoutMs: SHORT_MS,
        maxBytes: 26_214_400,
        memoryBytes: DOWNLOADS * HELD_BYTES,
        userAgent: 'shelfline/test',
      };
      const urls = Array.from({ length: DOWNLOADS }, (_, n) => `${hosts[n % hosts.length]?.url}${n}`);
      const most = await fetchInProcess({ urls, options });
      await Promise.all(hosts.map(async (host) => host.close()));
      // A host that is served late may count as silent before its downloads time out. They were in flight all the same.
      expect(most.outcomes.filter((outcome) => outcome === 'deferred').length).toBeLessThan(DOWNLOADS / 2);
      expect(most.buffers).toBeLessThan(options.memoryBytes);
      // Connections and requests of so many downloads included.
      expect(most.heap).toBeLessThan(options.memoryBytes);
    },
  );
});

describe('many hosts, each of which ends its connections', () => {
  it('many hosts that close their connections leave nothing in memory', async () => {
    const hosts = await Promise.all(Array.from({ length: 400 }, () => ImageHost.start()));
    const most = await fetchInProcess({
      urls: hosts.map((host) => host.raw('/gone', 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')),
      options: {
        concurrency: 4,
        hostConcurrency: 1,
        timeoutMs: LONG_MS,
        maxBytes: MAX_BYTES,
        memoryBytes: 134_217_728,
        userAgent: 'shelfline/test',
      },
    });
    await Promise.all(hosts.map(async (host) => host.close()));
    // A host may be slow for once where the machine is busy.
    expect(most.outcomes).toContain('http_status');
    expect(new Set([...most.outcomes, 'deferred'])).toEqual(new Set(['http_status', 'deferred']));
    expect(most.heap).toBeLessThan(5_000_000);
    // It takes ten seconds, and six times as long where the machine is busy.
  }, 180_000);
});

async function fetchInProcess(order: FetchingOrder): Promise<HeldMost> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--expose-gc',
      fileURLToPath(new URL('support/fetching-process.ts', import.meta.url)),
      JSON.stringify(order),
    ],
    { maxBuffer: 10_000_000 },
  );
  return JSON.parse(stdout);
}

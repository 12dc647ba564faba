import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStart } from '../src/images/fetching/file-start.js';
import { ImageFetcher } from '../src/images/fetching/image-fetcher.js';
import type { ImageOutcome } from '../src/images/fetching/image-outcome.js';
import { AddressRule } from '../src/outbound/address-rule.js';
import { HostRule } from '../src/outbound/host-rule.js';
import type { LookupAll } from '../src/outbound/lookup.js';
import { Sources } from '../src/outbound/sources/sources.js';
import type { SourcesOption } from '../src/outbound/sources/source-options.js';
import { TestApplication } from './support/application.js';
import { BucketHost } from './support/bucket-host.js';
import { createTestDatabase } from './support/database.js';
import { fetchOne } from './support/fetch-one.js';
import { ImageHost } from './support/image-host.js';
import { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

const PNG = readFileSync(new URL('fixtures/images/endcap.png', import.meta.url));
const SVG = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="3" height="4"><!--${'x'.repeat(60_000)}--></svg>`,
);
const TOKEN = 'Bearer hidden-token-51a7';
const SESSION = 'hidden-session-77b0';
const KEY = { accessKeyId: 'AKIDHIDDEN', secretAccessKey: 'hidden-secret-key-c3d4', region: 'ap-south-1' };
const KEYS = { access_key_id: KEY.accessKeyId, secret_access_key: KEY.secretAccessKey };

/** Every name of these tests is this machine. */
const lookup: LookupAll = (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);

const inWords = (outcome: ImageOutcome): string =>
  outcome.kind === 'failed'
    ? `${outcome.code}${outcome.retryable ? ', may pass' : ''}: ${outcome.reason}`
    : outcome.kind;

const fetchers: ImageFetcher[] = [];

async function fetcher(sources: SourcesOption): Promise<ImageFetcher> {
  const rules = { allowedNetworks: ['127.0.0.0/8'], allowedHosts: [], sources };
  const hosts = new HostRule(rules);
  const all = new Sources(hosts, rules);
  await all.onModuleInit();
  const limits = { concurrency: 16, hostConcurrency: 4, timeoutMs: 10_000, maxBytes: 1_048_576 };
  const options = { ...limits, memoryBytes: 16_777_216, userAgent: 'shelfline/test' };
  const images = new ImageFetcher(new AddressRule(rules), hosts, lookup, options, undefined, all);
  fetchers.push(images);
  return images;
}

afterAll(async () => {
  await Promise.all(fetchers.map(async (images) => images.onApplicationShutdown()));
});

describe('a host with a credential', () => {
  let host: ImageHost;
  let other: ImageHost;
  const seen = (at: ImageHost, url: string): unknown[] =>
    at.requestsFor(new URL(url).pathname).map(({ headers }) => headers.authorization);

  beforeAll(async () => {
    [host, other] = await Promise.all([ImageHost.start(), ImageHost.start()]);
  });

  afterAll(async () => {
    await Promise.all([host.close(), other.close()]);
  });

  const entry = (...hosts: string[]): SourcesOption => [{ hosts, headers: { Authorization: TOKEN } }];

  it('a host with a credential gets it with each range, and with the whole file', async () => {
    const images = await fetcher(entry(host.origin()));
    const url = host.serve('/late.svg', SVG, { longestPart: 20_000 });
    expect(inWords(await fetchOne(images, url))).toBe('measured');
    const start = new FileStart(SVG.subarray(0, 100), SVG.length, undefined, true);
    expect(Buffer.isBuffer(await images.fetchWhole(url, start, 1_000_000))).toBe(true);
    expect(seen(host, url).length).toBeGreaterThan(2);
    expect(new Set(seen(host, url))).toEqual(new Set([TOKEN]));
  });

  it('a host with a credential gets its headers instead of the default ones', async () => {
    const images = await fetcher([
      { hosts: [host.origin()], headers: { 'User-Agent': 'inspector', Accept: 'image/png' } },
    ]);
    await fetchOne(images, host.serve('/agent.png', PNG));
    expect(host.requestsFor('/agent.png')[0]?.headers).toMatchObject({
      'user-agent': 'inspector',
      accept: 'image/png',
      'accept-encoding': 'identity',
    });
  });

  it('a credential is not sent over plain http, to another port or to another name', async () => {
    const images = await fetcher(
      entry(
        '127.0.0.1',
        `127.0.0.1:${host.port}`,
        'http://127.0.0.1',
        other.origin(),
        `http://a.test:${host.port}`,
      ),
    );
    const url = host.serve('/plain.png', PNG);
    expect(inWords(await fetchOne(images, url))).toBe('measured');
    expect(inWords(await fetchOne(images, host.url('/plain.png', 'b.test')))).toBe('measured');
    expect(seen(host, url)).toEqual([undefined, undefined]);
    expect(inWords(await fetchOne(images, host.url('/plain.png', 'a.test')))).toBe('measured');
    expect(seen(host, url)).toEqual([undefined, undefined, TOKEN]);
  });

  it('no credential is sent after a redirect, to any host', async () => {
    const images = await fetcher(entry(host.origin()));
    host.serve('/end.png', PNG);
    other.serve('/end.png', PNG);
    host.redirect('/own', '/end.png');
    host.redirect('/away', other.url('/end.png'));
    other.redirect('/back', host.url('/end.png'));
    host.redirect('/there-and-back', other.url('/back'));
    for (const url of [host.url('/own'), host.url('/away'), host.url('/there-and-back'), other.url('/back')])
      expect(inWords(await fetchOne(images, url))).toBe('measured');
    expect(['/own', '/away', '/there-and-back'].flatMap((at) => seen(host, host.url(at)))).toEqual(
      Array(3).fill(TOKEN),
    );
    expect(seen(host, host.url('/end.png'))).toEqual(Array(3).fill(undefined));
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual(
      other.requests.map(() => undefined),
    );
    expect(other.requests.map(({ path: at }) => at).toSorted()).toEqual(['/back', '/back', '/end.png']);
  });
});

describe('sources that a function gives', () => {
  let host: ImageHost;

  beforeAll(async () => {
    host = await ImageHost.start();
  });

  afterAll(async () => {
    await host.close();
  });

  it('sources from a function are used for a minute, then loaded once for all that wait', async () => {
    let calls = 0;
    const sources = new Sources(new HostRule({ allowedHosts: [], allowedNetworks: [] }), {
      allowedHosts: [],
      allowedNetworks: [],
      sources: async () => {
        calls += 1;
        return [{ hosts: ['a.test'], headers: { Authorization: `token-${calls}` } }];
      },
    });
    await sources.onModuleInit();
    expect(sources.areStale).toBe(false);
    await Promise.all([sources.refresh(), sources.refresh(), sources.refresh()]);
    expect(calls).toBe(2);
    expect(sources.current.findHost(new URL('https://a.test'))?.headers).toEqual([
      'authorization',
      'token-2',
    ]);
  });

  it('a function of sources that fails makes only attempts at its hosts fail, and these are retried', async () => {
    const [mine, plain] = [host.serve('/mine.png', PNG), host.url('/mine.png', 'plain.test')];
    const rules = {
      allowedHosts: [],
      allowedNetworks: ['127.0.0.0/8'],
      sources: () => {
        if (isBroken) throw new Error(`the vault said no to ${TOKEN}`);
        return [{ hosts: [host.origin()], headers: { Authorization: TOKEN } }];
      },
    };
    let isBroken = false;
    class OldSources extends Sources {
      override get areStale(): boolean {
        return isBroken;
      }
    }
    const hosts = new HostRule(rules);
    const sources = new OldSources(hosts, rules);
    await sources.onModuleInit();
    const limits = { concurrency: 16, hostConcurrency: 1, timeoutMs: 10_000, maxBytes: 1_048_576 };
    const options = { ...limits, memoryBytes: 16_777_216, userAgent: 'shelfline/test' };
    const images = new ImageFetcher(new AddressRule(rules), hosts, lookup, options, undefined, sources);
    fetchers.push(images);
    isBroken = true;
    // More than there are slots of the host: none of them is lost.
    for (let n = 0; n < 3; n += 1)
      expect(inWords(await fetchOne(images, mine))).toBe(
        'internal, may pass: the credentials of the image sources could not be read',
      );
    expect(host.requests).toHaveLength(0);
    expect(inWords(await fetchOne(images, plain))).toBe('measured');
    isBroken = false;
    expect(inWords(await fetchOne(images, mine))).toBe('measured');
  });

  it.each([
    ['that throws', () => Promise.reject(new Error('no vault')), 'no vault'],
    [
      'that gives what cannot be used',
      () => [{ hosts: ['*.com'] }],
      'StoreVisitsModule: images.sources: entry 1',
    ],
  ])('the start fails with a function of sources that %s', async (_what, sources, message) => {
    await expect(fetcher(sources)).rejects.toThrow(message);
  });
});

describe('a bucket', () => {
  let bucket: BucketHost;
  const entry = (more: object = {}): SourcesOption => [
    {
      s3: 'shelf',
      region: KEY.region,
      endpoint: `http://s3.test:${bucket.port}`,
      ...KEYS,
      session_token: SESSION,
      ...more,
    },
  ];

  beforeAll(async () => {
    bucket = await BucketHost.start('shelf', KEY, SESSION);
  });

  afterAll(async () => {
    await bucket.close();
  });

  it.each([
    ['in the path', {}, 's3.test'],
    ['in the host name', { path_style: false }, 'shelf.s3.test'],
  ])('a bucket is requested with its name %s, with a signature for each key', async (_what, more, name) => {
    const images = await fetcher(entry(more));
    const keys = [
      '1.png',
      'a b+c%20.png',
      'ä/😀?x=y&z#w.png',
      '/a//b/./c/../d.png',
      "it's(1)*!.png",
      '%2e%2e/x.png',
    ];
    for (const key of keys) {
      bucket.put(key, PNG);
      expect([key, inWords(await fetchOne(images, `s3://shelf/${key}`))]).toEqual([key, 'measured']);
    }
    const mine = bucket.requests.splice(0);
    expect(mine.map(({ fault }) => fault)).toEqual(keys.map(() => undefined));
    expect(new Set(mine.map(({ host }) => host))).toEqual(new Set([`${name}:${bucket.port}`]));
  });

  it('a bucket is requested for further ranges, and for the whole file', async () => {
    const images = await fetcher(entry());
    bucket.put('late.svg', SVG);
    expect(inWords(await fetchOne(images, 's3://shelf/late.svg'))).toBe('measured');
    const start = new FileStart(SVG.subarray(0, 100), SVG.length, '"1"', true);
    const all = await images.fetchWhole('s3://shelf/late.svg', start, 1_000_000);
    expect(Buffer.isBuffer(all) && all.equals(SVG)).toBe(true);
    const mine = bucket.requests.splice(0);
    expect(mine.length).toBeGreaterThan(1);
    expect(mine.every(({ fault }) => fault === undefined)).toBe(true);
  });

  it('a bucket refuses a request with the signature of another key', async () => {
    const images = await fetcher(entry({ secret_access_key: 'another' }));
    expect(inWords(await fetchOne(images, 's3://shelf/1.png'))).toBe(
      'http_status: the host answered 403 Forbidden',
    );
    // It may have refused the range, for all we know: once it is asked without.
    expect(bucket.requests.splice(0).map(({ fault }) => fault)).toEqual(
      Array(2).fill('SignatureDoesNotMatch'),
    );
  });

  it('a bucket is requested only for keys with its prefix', async () => {
    const images = await fetcher(entry({ prefix: '2026/' }));
    bucket.put('2026/1.png', PNG);
    expect(inWords(await fetchOne(images, 's3://shelf/2026/1.png'))).toBe('measured');
    bucket.requests.length = 0;
    for (const url of ['s3://shelf/1.png', 's3://shelf/2025/1.png', 's3://other/2026/1.png'])
      expect(inWords(await fetchOne(images, url))).toBe(
        'host_not_allowed: no source is configured for this bucket and key',
      );
    expect(bucket.requests).toHaveLength(0);
  });

  it.each([301, 307, 400])(
    'a redirect (%d) to another region is not followed, and the fault names both regions',
    async (status) => {
      const images = await fetcher(entry());
      const away = await ImageHost.start();
      away.serve('/1.png', PNG);
      bucket.answering = (response) =>
        response
          .writeHead(status, { 'x-amz-bucket-region': 'eu-west-1', location: away.url('/1.png') })
          .end();
      expect(inWords(await fetchOne(images, 's3://shelf/1.png'))).toBe(
        'bad_redirect: the bucket is in the region eu-west-1, and its source names ap-south-1: change region in the source',
      );
      bucket.answering = (response) => response.writeHead(302, { location: away.url('/1.png') }).end();
      expect(inWords(await fetchOne(images, 's3://shelf/1.png'))).toBe(
        'bad_redirect: the bucket redirected to another host, which is not followed: check region and endpoint of its source',
      );
      bucket.answering = undefined;
      expect(away.requests).toHaveLength(0);
      await away.close();
    },
  );

  it('the address rule applies to buckets', async () => {
    const rules = { allowedNetworks: [], allowedHosts: [], sources: entry() };
    const hosts = new HostRule(rules);
    const sources = new Sources(hosts, rules);
    await sources.onModuleInit();
    const limits = { concurrency: 1, hostConcurrency: 1, timeoutMs: 10_000, maxBytes: 1_048_576 };
    const options = { ...limits, memoryBytes: 16_777_216, userAgent: 'shelfline/test' };
    const images = new ImageFetcher(new AddressRule(rules), hosts, lookup, options, undefined, sources);
    fetchers.push(images);
    expect(inWords(await fetchOne(images, 's3://shelf/1.png'))).toBe(
      'forbidden_address: the address is not allowed',
    );
  });
});

describe('a service with private sources', () => {
  let folder: string;
  let host: ImageHost;
  let bucket: BucketHost;
  let shelfline: TestApplication;
  const lines: string[] = [];
  const file = (): string => path.join(folder, 'sources.json');
  const bucketEntry = (more: object = {}): object => ({
    s3: 'shelf',
    prefix: '2026/',
    endpoint: `http://127.0.0.1:${bucket.port}`,
    region: KEY.region,
    session_token: SESSION,
    ...KEYS,
    ...more,
  });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shelfline-sources-'));
    [host, bucket] = await Promise.all([ImageHost.start(), BucketHost.start('shelf', KEY, SESSION)]);
    process.env['SHELFLINE_TEST_TOKEN'] = TOKEN;
    await writeFile(
      file(),
      JSON.stringify([
        { hosts: [host.origin()], headers: { Authorization: '${SHELFLINE_TEST_TOKEN}' }, concurrency: 4 },
        bucketEntry(),
      ]),
    );
    shelfline = await TestApplication.startOn(
      await createTestDatabase(),
      { IMAGE_SOURCES_FILE: file(), LOG_LEVEL: 'trace', IMAGE_MAX_ATTEMPTS: '1' },
      { write: (line) => void lines.push(line) },
    );
  });

  afterAll(async () => {
    await shelfline.close();
    await Promise.all([host.close(), bucket.close()]);
    await rm(folder, { recursive: true });
  });

  it('a service measures images of private sources, and never shows their credentials', async () => {
    bucket.put('2026/1.png', PNG);
    const image_url = [
      host.serve('/1.png', PNG),
      host.serve('/401', PNG, { status: 401 }),
      host.serve('/500', PNG, { status: 500 }),
      host.serve('/reset', PNG, { resetAfter: 10 }),
      host.serve('/page', Buffer.from('<p>'), { headers: { 'content-type': 'text/html' } }),
      host.redirect('/away', 'http://127.0.0.1:1/x'),
      host.raw('/rubbish', 'no HTTP\r\n\r\n'),
      's3://shelf/2026/1.png',
      's3://shelf/2026/missing.png',
    ];
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url }]);
    const job = await shelfline.finished(jobId);
    expect(job.images).toMatchObject({ total: 9, succeeded: 2, failed: 7 });
    expect(host.requests.every(({ headers }) => headers.authorization === TOKEN)).toBe(true);
    expect(bucket.requests.map(({ fault }) => fault)).toEqual(bucket.requests.map(() => undefined));
    const csv = await shelfline.get(`/api/jobs/${jobId}/images`, { accept: 'text/csv' });
    const pages = await Promise.all(
      [
        `/api/jobs/${jobId}`,
        `/api/jobs/${jobId}/images`,
        `/api/status?jobid=${jobId}`,
        `/api/visits?job_id=${jobId}`,
        '/metrics',
        '/openapi.json',
        '/health/ready',
      ].map(async (url) => (await shelfline.get(url)).text),
    );
    const shown = [...pages, csv.text];
    expect(csv.text).toContain('s3://shelf/2026/1.png');
    expect(shown[1]).toContain('s3://shelf/2026/1.png');
    expect(lines.length).toBeGreaterThan(0);
    for (const secret of [TOKEN, 'hidden-token', SESSION, KEY.secretAccessKey, KEY.accessKeyId])
      for (const text of [...lines, ...shown]) expect(text).not.toContain(secret);
  });

  const NO_SOURCE = expect.stringMatching(/this server has no source: add the bucket to IMAGE_SOURCES_FILE/);

  it.each([
    ['s3://shelf/2025/1.png', NO_SOURCE],
    ['s3://other/2026/1.png', NO_SOURCE],
    ['s3://shelf/', expect.stringMatching(/must name a bucket and a key/)],
  ])('a service refuses %s at submission, in each type of body', async (url, message) => {
    const visit = {
      store_id: 'RP00002',
      image_url: ['s3://shelf/2026/1.png', url],
      visit_time: '2024-11-16T12:00:00Z',
    };
    const json = await shelfline.post('/api/jobs', { count: 1, visits: [visit] });
    expect([json.status, json.json.details]).toEqual([400, [{ path: 'visits[0].image_url[1]', message }]]);
    const ndjson = await shelfline.post('/api/jobs', JSON.stringify(visit), {
      'content-type': 'application/x-ndjson',
    });
    expect([ndjson.status, ndjson.json.details]).toEqual([400, [{ path: 'Line 1: image_url[1]', message }]]);
    const rows = visit.image_url.map((each) => `RP00002,${each},${visit.visit_time}\n`).join('');
    const csv = await shelfline.post('/api/jobs', `store_id,image_url,visit_time\n${rows}`, {
      'content-type': 'text/csv',
    });
    expect([csv.status, csv.json.details]).toEqual([400, [{ path: 'Row 3: image_url', message }]]);
    const padding = Array.from({ length: 15_000 }, () => ({ ...visit, image_url: [visit.image_url[0]] }));
    const large = await shelfline.post('/api/jobs', { count: 15_001, visits: [visit, ...padding] });
    expect([large.status, large.json.details]).toEqual([400, [{ path: 'visits[0].image_url[1]', message }]]);
    const callback = await shelfline.post('/api/jobs', {
      count: 1,
      visits: [{ ...visit, image_url: [visit.image_url[0]] }],
      callback_url: url,
    });
    expect(callback.status).toBe(400);
  });
});

describe('the process of a service', () => {
  let folder: string;
  const file = (): string => path.join(folder, 'sources.json');
  const S3 = { s3: 'shelf', region: 'ap-south-1', ...KEYS };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shelfline-sources-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it.each([
    [
      'an unset variable',
      [{ hosts: ['a.test'], headers: { A: '${NO_SUCH_TOKEN}' } }],
      /headers\.A names the variable NO_SUCH_TOKEN, which is not set/,
    ],
    [
      'a host that is not allowed',
      [{ hosts: ['a.test', 'b.test'], headers: { A: TOKEN } }],
      /hosts\[1\] is a host that IMAGE_ALLOWED_HOSTS excludes/,
    ],
    [
      'text that is not JSON',
      `[{"hosts": ["a.test"], "headers": {"A": "${TOKEN}" oh }]`,
      /the file is not valid JSON, line 1 column \d+$/,
    ],
  ])('a process with invalid sources exits with one line: %s', async (_what, content, message) => {
    await writeFile(file(), typeof content === 'string' ? content : JSON.stringify(content));
    const database = await createTestDatabase();
    const { status, text } = await ServerProcess.refusal({
      DATABASE_URL: database.url,
      IMAGE_SOURCES_FILE: file(),
      IMAGE_ALLOWED_HOSTS: 'a.test,*.co.uk,*.amazonaws.com',
      PORT: '0',
      LOG_LEVEL: 'fatal',
    });
    await database.drop();
    expect(status).toBe(1);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(text).toContain(`IMAGE_SOURCES_FILE=${file()}: IMAGE_SOURCES_FILE takes a JSON file of sources: `);
    expect(text.trimEnd()).toMatch(message);
    for (const secret of [TOKEN, KEY.secretAccessKey]) expect(text).not.toContain(secret);
  });

  it('SIGHUP reloads the sources, keeps the old ones if the file is invalid, and reads keys from the environment', async () => {
    const database = await createTestDatabase();
    await writeFile(file(), '[]');
    const server = await ServerProcess.start({
      DATABASE_URL: database.url,
      IMAGE_SOURCES_FILE: file(),
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_REGION: KEY.region,
      LOG_LEVEL: 'trace',
    });
    const submit = async (): Promise<number> =>
      (
        await fetch(`${server.origin}/api/jobs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            count: 1,
            visits: [
              { store_id: 'NOWHERE', image_url: ['s3://shelf/1.png'], visit_time: '2024-11-16T12:00:00Z' },
            ],
          }),
        })
      ).status;
    const hangUp = async (event: string, times: number): Promise<void> => {
      process.kill(server.pid, 'SIGHUP');
      await until(async () => server.text.split(`"${event}"`).length > times || undefined, event);
    };
    try {
      expect(await submit()).toBe(400);
      await writeFile(file(), JSON.stringify([{ s3: 'shelf' }]));
      await hangUp('sources_reloaded', 1);
      expect(await submit()).toBe(201);
      await writeFile(file(), JSON.stringify([{ ...S3, secret_access_key: `${KEY.secretAccessKey}\n` }]));
      await hangUp('sources_not_reloaded', 1);
      expect(server.text).toContain('entry 1 (shelf): secret_access_key must be printable ASCII characters');
      expect(await submit()).toBe(201);
      await rm(file());
      await hangUp('sources_not_reloaded', 2);
      expect(await submit()).toBe(201);
      await writeFile(file(), '[]');
      await hangUp('sources_reloaded', 2);
      expect(await submit()).toBe(400);
      expect(server.text).not.toContain(KEY.secretAccessKey);
    } finally {
      await server.kill('SIGTERM');
      await database.drop();
    }
  });
});

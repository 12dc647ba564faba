/**
 * No input of any kind gives a 5xx: requests made from the OpenAPI document, each answer checked against it.
 * `FUZZ_REQUESTS` is how many (3,000 unless set, and never less). They are the same ones in every run unless `FUZZ_SEED` is another
 * number: what fails has to be due to a change. Other seeds look for what nobody has seen.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { checkInvariants } from '../scripts/invariants.ts';
import { TestApplication } from './support/application.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { toFault } from './support/fuzz/answer-check.js';
import { ApiDocument, type OpenApi, type Operation } from './support/fuzz/api-document.js';
import { requestTo } from './support/fuzz/arbitrary-request.js';
import { type FuzzAnswer, FuzzClient, type Known, type SentRequest } from './support/fuzz/client.js';
import type { FuzzRequest } from './support/fuzz/request.js';
import { WEBHOOK_SECRET } from './support/callback-receiver.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const REQUESTS = Math.max(4500, Number(process.env['FUZZ_REQUESTS'] ?? 4500));
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** Requests that wait for each other, and connections that they are sent over side by side. */
const BATCH = 50;
const CONNECTIONS = 20;
/** Most time for all of them: far more than they take. */
const WITHIN_MS = 300_000;
/** Time to look for a smaller request that fails, once one has. */
const SHRINK_MS = 15_000;

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

let database: TestDatabase;
let shelfline: TestApplication;
let openApi: OpenApi;
let document: ApiDocument;
let known: Known;

beforeAll(async () => {
  database = await createTestDatabase();
  const jobs = await runJobs();
  // Nothing is fetched from here on.
  shelfline = await TestApplication.startOn(database, { ROLE: 'api', WEBHOOK_SECRET });
  openApi = (await shelfline.get('/openapi.json')).json;
  document = new ApiDocument(openApi);
  const { json } = await shelfline.get('/api/stores?limit=20');
  const stores: string[] = json.items.map((store: { store_id: string }) => store.store_id);
  const lists = ['/api/jobs', '/api/stores', '/api/visits', `/api/jobs/${jobs[0]}/images`];
  const pages = await Promise.all(lists.map(async (list) => shelfline.get(`${list}?limit=1`)));
  known = {
    job: jobs,
    store: [...stores, 'NOWHERE', 'fuzz-1', 'fuzz-2'],
    visit: ((await shelfline.get('/api/visits')).json.items as { visit_id: string }[]).map(
      ({ visit_id }) => visit_id,
    ),
    cursor: pages.map((page) => page.json.next_cursor),
  };
});

afterAll(async () => {
  await shelfline.close();
});

/** The ids of jobs that ended in each of the ways that a job can end. */
async function runJobs(): Promise<string[]> {
  const host = await ImageHost.start();
  const worker = await TestApplication.startOn(database, { WEBHOOK_SECRET });
  const image = host.serve('/a.gif', GIF);
  // Nobody takes it.
  const callback = { callback_url: host.url('/callback') };
  const jobs = [
    await worker.submit([{ store_id: 'RP00002', image_url: [image, image] }], callback),
    await worker.submit([
      { store_id: 'RP00002', image_url: [image, host.url('/missing.gif')] },
      { store_id: 'NOWHERE', image_url: [image] },
    ]),
    await worker.submit([{ store_id: 'NOWHERE', image_url: [image] }]),
  ];
  for (const job of jobs) await worker.finished(job);
  await worker.stop();
  await host.close();
  return jobs;
}

// With its seed, which is told when it takes too long as well.
/** The share of an operation in all requests. What takes a body can be got wrong in more ways, and a submission in most. */
function getWeight({ operationId, requestBody }: Operation): number {
  if (operationId.startsWith('submitJob')) return 16;
  return requestBody === undefined ? 1 : 4;
}

describe(`${REQUESTS} requests made from the OpenAPI document (FUZZ_SEED=${SEED})`, () => {
  /** How often each operation was answered with which status. */
  const answered = new Map<string, number>();
  let client: FuzzClient;

  beforeAll(() => {
    client = new FuzzClient(shelfline.origin, CONNECTIONS, known);
  });

  afterAll(async () => {
    await client.close();
  });

  async function check(request: FuzzRequest): Promise<string | undefined> {
    const sent = client.write(request);
    const answer = await client
      .send(sent)
      .catch((error: unknown) => ({ status: 0, headers: {}, text: String(error) }));
    if (answer.status === 0) return describeFault('no answer', sent, answer);
    const reached = document.operationAt(sent.method, sent.target)?.operationId;
    const key = `${reached} ${answer.status}`;
    answered.set(key, (answered.get(key) ?? 0) + 1);
    const fault = toFault(document, sent, answer, request.isValid);
    return fault && describeFault(fault, sent, answer);
  }

  it(
    'requests from the OpenAPI document are answered as the document and the contract say',
    async () => {
      const request = fc.oneof(
        ...document.operations.map((operation) => ({
          arbitrary: requestTo(document, operation),
          weight: getWeight(operation),
        })),
      );
      let smallestBy = Infinity;
      const property = fc.asyncProperty(
        fc.array(request, { minLength: BATCH, maxLength: BATCH }),
        async (requests) => {
          if (performance.now() > smallestBy) return;
          const faults = await Promise.all(requests.map(check));
          const first = faults.find((fault) => fault !== undefined);
          if (first === undefined) return;
          smallestBy = Math.min(smallestBy, performance.now() + SHRINK_MS);
          throw new Error(first);
        },
      );
      const { failed, errorInstance } = await fc.check(property, {
        seed: SEED,
        numRuns: Math.ceil(REQUESTS / BATCH),
      });
      if (failed) throw new Error(`with FUZZ_SEED=${SEED}, ${String(errorInstance)}`);
      expect(client.sent).toBeGreaterThanOrEqual(REQUESTS);
    },
    WITHIN_MS,
  );

  it('generated requests reach every operation, with every success and the usual refusals', () => {
    const statuses = document.operations
      .filter(({ path }) => path.startsWith('/api/'))
      .flatMap(({ operationId, responses }) =>
        Object.keys(responses)
          .filter((status) => ['200', '201', '202', '204', '400', '404', '415', '422'].includes(status))
          // That takes the job, its end and the id of that together: chance does not always have it.
          .filter((status) => !(status === '204' && operationId === 'streamJobEvents'))
          // The server has no keys, so it makes no links.
          .filter((status) => !(['200', '404'].includes(status) && operationId === 'shareJob'))
          // That takes an image together with its job.
          .filter((status) => !(status === '200' && operationId === 'getJobImage'))
          .map((status) => `${operationId} ${status}`),
      );
    expect(statuses.filter((status) => !answered.has(status))).toEqual([]);
    expect([...answered.keys()].filter((key) => key.startsWith('undefined '))).not.toEqual([]);
  });

  it('generated requests leave the service healthy, and its prototypes unchanged', async () => {
    expect((await shelfline.get('/health/ready')).status).toBe(200);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it(
    'generated requests leave jobs that can end, and break no invariant',
    async () => {
      // It may ask no host at all, so each image fails at once.
      const worker = await TestApplication.startOn(database, {
        ROLE: 'worker',
        IMAGE_ALLOWED_HOSTS: 'nobody.invalid',
      });
      await until(atRest, 'the end of every job and sweep', WITHIN_MS);
      await worker.stop();
      const observer = new Client({ connectionString: database.url });
      await observer.connect();
      const verdicts = await checkInvariants(observer, { graceSeconds: 0 });
      await observer.end();
      expect(verdicts.filter(({ offending }) => offending.length > 0)).toEqual([]);
    },
    WITHIN_MS,
  );

  async function atRest(): Promise<true | undefined> {
    const unfinished = await database.query(
      `SELECT 1 FROM shelfline.job WHERE status = 'ongoing' OR rows_behind
       UNION ALL
       SELECT 1 FROM shelfline_queue.job WHERE name IN ('images', 'sweeps') AND state IN ('created', 'retry', 'active')
       LIMIT 1`,
    );
    return unfinished.length === 0 ? true : undefined;
  }
});

describe('the check of an answer', () => {
  const GET_STORE: SentRequest = {
    method: 'GET',
    target: '/api/stores/RP00002',
    headers: [],
    plainBody: undefined,
    body: undefined,
  };
  const STORE = {
    store_id: 'RP00002',
    store_name: 'Corner Market',
    area_code: '7100015',
    latitude: 12.9716,
    longitude: 77.5946,
    radius_meters: null,
  };
  const ERROR = { error: 'Store not found', code: 'store_not_found', details: [] };
  const PUT_STORE: SentRequest = {
    ...GET_STORE,
    method: 'PUT',
    headers: [['content-type', 'application/json']],
    plainBody: Buffer.from('{"store_name":"","area_code":"1"}'),
  };
  const LIST = { ...GET_STORE, target: '/api/stores?limit=0' };
  const PAGE = { items: [STORE], next_cursor: null };

  const verdict = (
    request: SentRequest,
    status: number,
    body: unknown,
    { type = 'application/json; charset=utf-8', isValid = false } = {},
  ): string | undefined => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = type === '' ? {} : { 'content-type': type };
    return toFault(document, request, { status, headers, text }, isValid);
  };

  it('the check of an answer accepts what the document describes', () => {
    expect(verdict(GET_STORE, 200, STORE, { isValid: true })).toBeUndefined();
    expect(verdict(GET_STORE, 404, ERROR, { isValid: true })).toBeUndefined();
    expect(verdict(GET_STORE, 304, '', { type: '' })).toBeUndefined();
    expect(verdict({ ...GET_STORE, method: 'PATCH' }, 405, ERROR)).toBeUndefined();
    expect(verdict({ ...GET_STORE, target: '/api/x' }, 404, ERROR)).toBeUndefined();
    expect(verdict({ ...GET_STORE, method: 'HEAD' }, 200, '')).toBeUndefined();
    expect(verdict({ ...GET_STORE, method: 'DELETE' }, 204, '', { type: '' })).toBeUndefined();
    expect(verdict({ ...LIST, target: '/api/stores?limit=1' }, 200, PAGE)).toBeUndefined();
  });

  it.each([
    ['a fault of ours', () => verdict(GET_STORE, 500, { ...ERROR, code: 'internal' })],
    ['an outage', () => verdict(GET_STORE, 503, { ...ERROR, code: 'unavailable' })],
    ['a status that is not documented', () => verdict(GET_STORE, 409, ERROR)],
    ['another content type', () => verdict(GET_STORE, 200, STORE, { type: 'text/html; charset=utf-8' })],
    ['a body that is no JSON', () => verdict(GET_STORE, 200, '<p>')],
    ['a field too many', () => verdict(GET_STORE, 200, { ...STORE, secret: 1 })],
    ['a field too few', () => verdict(GET_STORE, 200, { store_id: 'RP00002', store_name: 'Corner Market' })],
    ['a null that is not documented', () => verdict(GET_STORE, 200, { ...STORE, area_code: null })],
    ['an error without a code', () => verdict(GET_STORE, 404, { error: 'Store not found' })],
    ['a code that is a sentence', () => verdict(GET_STORE, 404, { ...ERROR, code: 'Not found.' })],
    ['an unknown path where a method is', () => verdict({ ...GET_STORE, method: 'PATCH' }, 404, ERROR)],
    ['a success of a path that is not there', () => verdict({ ...GET_STORE, target: '/api/x' }, 200, STORE)],
    ['a body of HEAD', () => verdict({ ...GET_STORE, method: 'HEAD' }, 200, STORE)],
    ['a body with 204', () => verdict({ ...GET_STORE, method: 'DELETE' }, 204, STORE)],
    ['a stack', () => verdict(GET_STORE, 404, { ...ERROR, error: 'no\n    at Store.get (store.js:1:1)' })],
    ['SQL', () => verdict(GET_STORE, 404, { ...ERROR, error: 'invalid input syntax for type uuid' })],
    ['a path of a file', () => verdict(GET_STORE, 404, { ...ERROR, error: 'no such file /home/x/store' })],
    ['a parameter that was taken out of its bounds', () => verdict(LIST, 200, PAGE)],
    [
      'a parameter that was taken twice',
      () => verdict({ ...LIST, target: '/api/stores?q=a&q=b' }, 200, PAGE),
    ],
    ['a body that was taken out of its bounds', () => verdict(PUT_STORE, 201, STORE)],
    ['a refusal of what is documented', () => verdict(GET_STORE, 400, ERROR, { isValid: true })],
    [
      'an answer to what can be no request',
      () => verdict({ ...LIST, target: '/api/stores?q=\u00ff' }, 200, PAGE),
    ],
  ])('the check of an answer refuses %s', (_what, check) => {
    expect(check()).toEqual(expect.any(String));
  });
});

/** Enough of a request and its answer to send it again by hand. */
function describeFault(
  fault: string,
  { method, target, headers, body }: SentRequest,
  answer: FuzzAnswer,
): string {
  const shown = (text: string): string =>
    text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length})` : text;
  return [
    `${fault}\n`,
    `${method} ${shown(target)}`,
    ...headers.map(([name, value]) => `${name}: ${shown(JSON.stringify(value))}`),
    body === undefined ? '(no body)' : shown(JSON.stringify(body.toString('latin1'))),
    `\n${answer.status} ${String(answer.headers['content-type'])}`,
    shown(answer.text),
  ].join('\n');
}

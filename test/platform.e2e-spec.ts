import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanActivate, HttpException, SetMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { raw, text as readText } from 'express';
import { DataSource } from 'typeorm';
import {
  ExifAnalyzer,
  ImagesService,
  InvalidInputError,
  JobsService,
  StoresService,
  StoreVisitsModule,
  type Submission,
  type Submitted,
} from '../src/index.js';
import type { Answer } from './support/application.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { EventReader } from './support/event-reader.js';
import { ImageHost } from './support/image-host.js';
import { Customer, Heard, TenantGuard, TestPlatform } from './support/platform.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const LOOPBACK = { allowedNetworks: '127.0.0.0/8' };
const VISIT_TIME = '2024-11-16T12:00:00Z';
const UNKNOWN = 'job_20241116100000_00000000000000000000';

let host: ImageHost;
beforeAll(async () => {
  host = await ImageHost.start();
  host.serve('/a.gif', GIF);
});
afterAll(() => host.close());

/** What TypeScript would not let through, where it looks. */
function misspelt(given: unknown): object {
  return given as object; // oxlint-disable-line no-unsafe-type-assertion -- what platforms in JavaScript may write
}

function toJob(...image_url: string[]): Submission {
  return { count: 1, visits: [{ store_id: 'RP00002', image_url, visit_time: VISIT_TIME }] };
}

describe('in a platform with a prefix, versions, pipes, filters, interceptors and a guard', () => {
  let platform: TestPlatform;
  let jobs: JobsService;
  let heard: Heard;

  beforeAll(async () => {
    platform = await TestPlatform.start({
      controllers: { path: '/field/photos/', guards: [TenantGuard] },
      options: { images: LOOPBACK },
    });
    jobs = platform.app.get(JobsService, { strict: false });
    heard = platform.app.get(Heard);
    await platform.app
      .get(StoresService, { strict: false })
      .put({ store_id: 'RP00002', store_name: 'Corner Market', area_code: '7100015' });
  });

  afterAll(() => platform.stop());

  async function send(
    path: string,
    body?: unknown,
    headers: Record<string, string> = { 'x-tenant': 'acme' },
  ): Promise<Answer> {
    const isText = typeof body === 'string';
    const answer = await fetch(`${platform.origin}/platform${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: isText ? body : JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...headers },
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  async function finished(jobId: string): Promise<void> {
    await until(async () => heard.finished.find(({ job_id }) => job_id === jobId), `the end of ${jobId}`);
  }

  it.each([
    ['/v1/greetings?name=ann', undefined, 200, { data: { hello: 'ANN' }, envelope: true }],
    ['/v1/greetings', { name: 'bob' }, 201, { data: { name: 'BOB' }, envelope: true }],
    ['/v1/greetings', { name: 'bob', more: 1 }, 422, { teapot: true, status: 422 }],
    ['/v1/greetings', '{"name":', 400, { teapot: true, status: 400 }],
    ['/v1/nowhere', undefined, 404, { teapot: true, status: 404 }],
  ])("the platform's own %s %j answers as without the module", async (path, body, status, json) => {
    const answer = await send(path, body, {});
    expect([answer.status, answer.json]).toEqual([status, json]);
  });

  it('the guard of a platform decides who has access, and its refusal has the body of the contract', async () => {
    const answer = await send('/field/photos/jobs', undefined, {});
    expect([answer.status, answer.json]).toEqual([
      403,
      { error: 'Which tenant?', code: 'forbidden', details: [] },
    ]);
  });

  it.each([
    ['{"count": 1,', 400, 'malformed_json', 'The body is not valid JSON.'],
    [`"${'x'.repeat(102_400)}"`, 413, 'body_too_large', 'The body is larger than the limit of 102400 bytes.'],
  ])(
    "an error of the platform's body parser has the body of the contract: %#",
    async (body, status, code, error) => {
      const answer = await fetch(`${platform.origin}/platform/field/photos/jobs`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-tenant': 'acme' },
      });
      expect([answer.status, await answer.json()]).toEqual([status, { error, code, details: [] }]);
    },
  );

  it.each([
    ['/field/photos/jobs', 'POST', 400, { code: 'malformed_json' }],
    ['/field/photos/jobs/', 'POST', 400, { code: 'malformed_json' }],
    ['/field/photos/stores', 'POST', 400, { teapot: true }],
    ['/field/photos/stores/RP1', 'PUT', 400, { code: 'malformed_json' }],
    ['/v1/field/photos/jobs', 'POST', 400, { teapot: true }],
    ['/elsewhere/field/photos/jobs', 'POST', 400, { teapot: true }],
  ])(
    "a body that the platform's parser refuses on %s is answered by the owner of that route",
    async (path, method, status, json) => {
      const headers = { 'content-type': 'application/json', 'x-tenant': 'acme' };
      const request: RequestInit = { method, body: '{"count": 1,', headers };
      const answer = await fetch(`${platform.origin}/platform${path}`, request);
      expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining(json)]);
    },
  );

  it("the platform's own controllers answer our errors with their status and body", async () => {
    const answer = await send(`/v1/greetings/jobs/${UNKNOWN}`, undefined, {});
    expect([answer.status, answer.json]).toEqual([404, { teapot: true, status: 404 }]);
    await expect(jobs.get(UNKNOWN)).rejects.toThrow(HttpException);
    expect(await jobs.get(UNKNOWN).catch((error: HttpException) => error.getResponse())).toEqual({
      error: 'Job not found',
      code: 'job_not_found',
      details: [],
    });
  });

  it.each([
    [undefined, 'body must be a JSON object'],
    [null, 'body must be a JSON object'],
    [{}, 'count'],
    [{ visits: [undefined] }, 'visits[0]'],
    [{ visits: [{ ...toJob('http://h/1').visits[0], visit_time: new Date('x') }] }, 'visits[0].visit_time'],
  ])('a platform refuses the submission %j as invalid input', async (given, message) => {
    const submitted = jobs.submit(misspelt(given) as Submission); // oxlint-disable-line no-unsafe-type-assertion -- as code in JavaScript may give it
    await expect(submitted).rejects.toThrow(InvalidInputError);
    await expect(submitted).rejects.toThrow(message);
  });

  it('a platform accepts a job, and answers with its location', async () => {
    const answer = await send('/field/photos/submit', toJob(host.url('/a.gif')));
    expect([answer.status, Object.keys(answer.json)]).toEqual([201, ['job_id']]);
    const { job_id } = answer.json;
    expect(answer.headers.get('location')).toBe(`/platform/field/photos/jobs/${job_id}`);
    await finished(job_id);
    const status = await send(`/field/photos/status?jobid=${job_id}`);
    expect([status.status, status.json]).toEqual([200, { job_id, status: 'completed' }]);
    const { json } = await send(`/field/photos/jobs/${job_id}/images`);
    expect(json.items).toMatchObject([{ width: 2, height: 3, perimeter: 10, store_id: 'RP00002' }]);
    const { json: visits } = await send('/field/photos/visits?store_id=RP00002');
    expect(visits.items[0]).toMatchObject({ job_id, area_code: '7100015' });
  });

  it('a platform streams results and events', async () => {
    const { json } = await send('/field/photos/jobs', toJob(host.url('/a.gif')));
    await finished(json.job_id);
    const path = `/field/photos/jobs/${json.job_id}`;
    const csv = await send(`${path}/images`, undefined, { 'x-tenant': 'acme', accept: 'text/csv' });
    expect(csv.text.trim().split('\n')).toHaveLength(2);
    const events = await EventReader.open(`${platform.origin}/platform${path}/events`, {
      'x-tenant': 'acme',
    });
    expect(await events.next()).toMatchObject({ name: 'finished', data: { job_id: json.job_id } });
    events.close();
  });

  it('a platform accepts streamed bodies', async () => {
    const csv = `store_id,image_url,visit_time\nRP00002,${host.url('/a.gif')},${VISIT_TIME}\n`;
    const answer = await send('/field/photos/jobs', csv, { 'x-tenant': 'acme', 'content-type': 'text/csv' });
    expect(answer.status).toBe(201);
    await finished(answer.json.job_id);
  });

  it.each([
    ['/jobs', { count: 2, visits: toJob('http://a.example').visits }, 400, undefined],
    ['/jobs', { ...toJob('ftp://a.example'), more: 1 }, 400, 'invalid_input'],
    ['/jobs', '{"count":', 400, 'malformed_json'],
    ['/jobs', { ...toJob(), padding: 'x'.repeat(200_000) }, 413, 'body_too_large'],
    [`/jobs/${UNKNOWN}`, undefined, 404, 'job_not_found'],
    ['/jobs?limit=0', undefined, 400, 'invalid_input'],
    ['/status?jobid=none', undefined, 400, undefined],
    ['/stores/nowhere', undefined, 404, 'store_not_found'],
  ])('an error at %s has the body of the contract in a platform: %#', async (path, body, status, code) => {
    const answer = await send(`/field/photos${path}`, body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(typeof answer.json.error).toBe('string');
  });

  it('a platform separates the idempotency keys of its callers', async () => {
    const submit = async (tenant: string): Promise<Answer> =>
      send('/field/photos/jobs', toJob(host.url('/a.gif')), { 'x-tenant': tenant, 'idempotency-key': 'one' });
    const [first, again, other] = [await submit('acme'), await submit('acme'), await submit('globex')];
    expect(again.json).toEqual(first.json);
    expect(other.json).not.toEqual(first.json);
  });

  it('a platform gets events, also under their earlier names, and a listener that throws does no harm', async () => {
    const { jobId } = await jobs.submit({ ...toJob(host.url('/a.gif')), reference: 'week 47' });
    await finished(jobId);
    const images = { total: 1, pending: 0, succeeded: 1, failed: 0, skipped: 0 };
    expect(heard.submitted.filter(({ job_id }) => job_id === jobId)).toEqual([
      {
        job_id: jobId,
        reference: 'week 47',
        metadata: {},
        submitted_by: null,
        count: 1,
        images: { total: 1 },
      },
    ]);
    expect(heard.progressed.filter(({ job_id }) => job_id === jobId)).toEqual([{ job_id: jobId, images }]);
    expect(heard.finished.filter(({ job_id }) => job_id === jobId)).toMatchObject([
      { status: 'completed', reference: 'week 47', images, callback: null },
    ]);
    expect(heard.finished.find(({ job_id }) => job_id === jobId)).toEqual(await jobs.get(jobId));
    const before = await until(
      async () => heard.finishedBefore.find(({ job_id }) => job_id === jobId),
      'the event by its earlier name',
    );
    expect(before).toEqual(await jobs.get(jobId));
  });

  describe('a job submitted in a transaction of the platform', () => {
    const visits = [{ store_id: 'RP00002', image_url: ['http://127.0.0.1:9/x.gif'], visit_time: new Date() }];

    it('a job that is submitted in a transaction of the platform exists after its commit', async () => {
      const { jobId } = await platform.dataSource.transaction(async (manager) => {
        await manager.save(manager.create(Customer, { name: 'with a job' }));
        const submitted = await jobs.submit({ visits }, { manager });
        await expect(jobs.get(submitted.jobId)).rejects.toThrow('Job not found');
        return submitted;
      });
      expect(await jobs.get(jobId)).toMatchObject({ count: 1 });
      await until(async () => heard.submitted.find(({ job_id }) => job_id === jobId), 'the event');
    });

    it('a job whose transaction is rolled back does not exist and has no events', async () => {
      const ids: string[] = [];
      const rolledBack = platform.dataSource.transaction(async (manager) => {
        ids.push((await jobs.submit({ visits }, { manager })).jobId);
        throw new Error('something else went wrong');
      });
      await expect(rolledBack).rejects.toThrow('something else');
      const { jobId } = await platform.dataSource.transaction(async (manager) => {
        const back = manager.transaction(async (inner) => {
          ids.push((await jobs.submit({ visits }, { manager: inner })).jobId);
          throw new Error('only the savepoint');
        });
        await expect(back).rejects.toThrow('only the savepoint');
        return manager.transaction((inner) => jobs.submit({ visits }, { manager: inner }));
      });
      await until(async () => heard.submitted.find(({ job_id }) => job_id === jobId), 'the event');
      for (const id of ids) await expect(jobs.get(id)).rejects.toThrow('Job not found');
      expect(heard.submitted.filter(({ job_id }) => ids.includes(job_id))).toEqual([]);
    });

    it('a refused submission leaves the transaction of the platform usable', async () => {
      const name = 'after a refusal';
      await platform.dataSource.transaction(async (manager) => {
        await expect(jobs.submit({ visits: [] }, { manager })).rejects.toThrow(InvalidInputError);
        const key = { idempotencyKey: 'refused', manager };
        await jobs.submit({ visits }, key);
        await expect(jobs.submit({ visits, reference: 'other' }, key)).rejects.toThrow('Idempotency-Key');
        expect(await jobs.submit({ visits }, key)).toMatchObject({ replayed: true });
        await manager.save(manager.create(Customer, { name }));
      });
      expect(await platform.dataSource.getRepository(Customer).countBy({ name })).toBe(1);
    });

    it('a concurrent submission with the same key waits for the transaction, and gets its job', async () => {
      const options = { idempotencyKey: 'held by the platform' };
      let waiting: Promise<Submitted> | undefined;
      const { jobId } = await platform.dataSource.transaction('READ COMMITTED', async (manager) => {
        const submitted = await jobs.submit({ visits }, { ...options, manager });
        waiting = jobs.submit({ visits }, options);
        await until(async () => {
          const [blocked] = await platform.database.query(
            `SELECT FROM pg_stat_activity
              WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE '%shelfline.job%'`,
          );
          return blocked;
        }, 'the other submission to wait');
        return submitted;
      });
      expect(await waiting).toEqual({ jobId, replayed: true });
    });

    it('a job is refused in a transaction of another DataSource', async () => {
      const other = await new DataSource({ type: 'postgres', url: platform.database.url }).initialize();
      try {
        const submitted = other.transaction((manager) => jobs.submit({ visits }, { manager }));
        await expect(submitted).rejects.toThrow('another DataSource');
      } finally {
        await other.destroy();
      }
    });

    it('a job is refused with a manager without a transaction', async () => {
      const { manager } = platform.dataSource;
      await expect(jobs.submit({ visits }, { manager })).rejects.toThrow('transaction');
    });
  });
});

describe('in a platform whose parsers read bodies as text or bytes', () => {
  it.each([
    ['text', readText({ type: () => true })],
    ['bytes', raw({ type: () => true })],
  ])('bodies that a platform has parsed as %s are accepted', async (_, parser) => {
    const platform = await TestPlatform.start({ bodyParser: false, middleware: [parser] });
    const send = async (
      method: string,
      path: string,
      type: string | undefined,
      body: string | Buffer | FormData,
    ): Promise<unknown> => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const request: RequestInit = { method, body, headers };
      const answer = await fetch(`${platform.origin}/platform/api/${path}`, request);
      return [answer.status, Object.keys((await answer.json()) as object)];
    };
    const job = toJob('http://127.0.0.1:9/a.gif');
    const csv = `store_id,visit_time,image_url\nRP1,${VISIT_TIME},http://127.0.0.1:9/a.gif\n`;
    const store = { store_name: 'Corner', area_code: '7' };
    const latin1 = Buffer.from('AreaCode,StoreName,StoreID\n7,Café,RP3\n', 'latin1');
    const form = new FormData();
    form.set('file', new Blob([csv], { type: 'text/csv' }), 'visits.csv');
    try {
      expect([
        await send('POST', 'jobs', 'application/json', JSON.stringify(job)),
        await send('POST', 'jobs', 'application/x-ndjson', JSON.stringify(job.visits[0])),
        await send('POST', 'jobs', 'text/csv', csv),
        await send('PUT', 'stores/RP1', 'application/json', JSON.stringify(store)),
        await send('POST', 'stores/import', 'text/csv', 'AreaCode,StoreName,StoreID\n7,Corner,RP2\n'),
        await send('POST', 'jobs', undefined, form),
        await send('POST', 'stores/import', 'text/csv; charset=latin1', latin1),
      ]).toEqual([
        [201, ['job_id']],
        [201, ['job_id']],
        [201, ['job_id']],
        [201, expect.arrayContaining(['store_id'])],
        [200, expect.arrayContaining(['inserted'])],
        [201, ['job_id']],
        [200, expect.arrayContaining(['inserted'])],
      ]);
      const stores = platform.app.get(StoresService, { strict: false });
      expect(await stores.get('RP3')).toMatchObject({ store_name: 'Café' });
    } finally {
      await platform.stop();
    }
  });
});

describe('in a platform whose guard lets nobody in unless a route is marked', () => {
  /** Lets in to controllers with the metadata `public`. */
  const denying: CanActivate = {
    canActivate: (context) => Reflect.getMetadata('public', context.getClass()) === true,
  };

  it.each([
    [[], 403],
    [[SetMetadata('public', true)], 200],
  ])('the guard of a platform sees the decorators of our controllers: %#', async (decorators, status) => {
    const platform = await TestPlatform.start({ controllers: { decorators }, globalGuards: [denying] });
    try {
      const answers = ['jobs', 'visits', 'stores'].map((path) =>
        fetch(`${platform.origin}/platform/api/${path}`),
      );
      expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([status, status, status]);
    } finally {
      await platform.stop();
    }
  });
});

describe('without HTTP, on a DataSource with a name, in other schemas', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start({
      dataSource: 'photos',
      controllers: false,
      schema: 'photo_checks',
      options: { images: LOOPBACK, database: { schema: 'photo_checks', queueSchema: 'photo_queue' } },
    });
  });
  afterAll(() => platform.stop());

  it('a platform without HTTP has no routes', async () => {
    const answer = await fetch(`${platform.origin}/platform/api/jobs`);
    expect([answer.status, await answer.json()]).toEqual([404, { teapot: true, status: 404 }]);
  });

  it('a platform without HTTP processes a job, and writes only to its own schemas', async () => {
    const jobs = platform.app.get(JobsService, { strict: false });
    const { jobId } = await jobs.submit({
      visits: [{ store_id: 'RP00002', image_url: [host.url('/a.gif')], visit_time: VISIT_TIME }],
    });
    await until(
      async () => ((await jobs.get(jobId)).status === 'ongoing' ? undefined : true),
      'the end of the job',
    );
    expect(await jobs.get(jobId)).toMatchObject({ status: 'failed', error_count: 1 });
    await platform.app
      .get(StoresService, { strict: false })
      .put({ store_id: 'RP00002', store_name: 'Corner Market', area_code: '7100015' });
    const again = await jobs.submit({
      visits: [{ store_id: 'RP00002', image_url: [host.url('/a.gif')], visit_time: VISIT_TIME }],
    });
    await until(
      async () => ((await jobs.get(again.jobId)).status === 'ongoing' ? undefined : true),
      'the end of the job',
    );
    const images = platform.app.get(ImagesService, { strict: false });
    const page = await images.list(again.jobId);
    expect(page.items).toMatchObject([{ status: 'succeeded', perimeter: 10 }]);
    const schemas = await platform.database.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY 1`,
    );
    expect(schemas.map(({ name }) => name)).toEqual(['photo_checks', 'photo_queue', 'public']);
  });

  it('entities match what the migrations created in another schema', async () => {
    // TypeORM compares no others.
    for (const metadata of platform.dataSource.entityMetadatas) metadata.synchronize = true;
    const { upQueries } = await platform.dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

describe('two platforms in schemas of one database', () => {
  it('two platforms in schemas of one database have their own tables and jobs', async () => {
    const inSchemas = async (name: string, on?: TestDatabase): Promise<TestPlatform> =>
      TestPlatform.start({
        controllers: false,
        schema: name,
        options: { images: LOOPBACK, database: { schema: name, queueSchema: `${name}_queue` } },
        ...(on === undefined ? {} : { database: on }),
      });
    const acme = await inSchemas('acme');
    const globex = await inSchemas('globex', acme.database);
    for (const platform of [acme, globex]) {
      const jobs = platform.app.get(JobsService, { strict: false });
      const { jobId } = await jobs.submit(toJob(host.url('/a.gif')));
      await until(
        async () => ((await jobs.get(jobId)).status === 'ongoing' ? undefined : true),
        'the end of the job',
      );
      expect((await jobs.list()).items).toMatchObject([{ job_id: jobId }]);
    }
    await globex.app.close();
    await acme.stop();
  });
});

describe('with workers as a process of their own, and bodies that nobody parses before', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    const options = { role: 'api', images: LOOPBACK } as const;
    platform = await TestPlatform.start({ bodyParser: false, options });
  });
  afterAll(() => platform.stop());

  it('a large document is accepted without a parser in front, and a separate worker processes it and emits its events', async () => {
    const visits = Array.from({ length: 3_000 }, () => ({
      store_id: 'NOWHERE',
      image_url: [host.url('/a.gif')],
      visit_time: VISIT_TIME,
    }));
    await platform.app
      .get(StoresService, { strict: false })
      .put({ store_id: 'RP00002', store_name: 'Corner Market', area_code: '7100015' });
    const answer = await fetch(`${platform.origin}/platform/api/jobs`, {
      method: 'POST',
      body: JSON.stringify({ count: 3_001, visits: [...visits, ...toJob(host.url('/a.gif')).visits] }),
      headers: { 'content-type': 'application/json' },
    });
    const { job_id }: { job_id?: unknown } = Object(await answer.json());
    expect(answer.status).toBe(201);
    const worker = await platform.worker({ images: LOOPBACK });
    const heard = worker.get(Heard);
    const job = await until(async () => heard.finished[0], 'the end of the job');
    expect(job).toMatchObject({ job_id, images: { total: 3_001, succeeded: 1, skipped: 3_000 } });
    expect(platform.app.get(Heard).submitted).toMatchObject([{ job_id }]);
    expect(platform.app.get(Heard).finished).toEqual([]);
    await worker.close();
  });
});

describe('a start that can not be', () => {
  const refusals: [
    string,
    Parameters<typeof TestPlatform.module>[1],
    Parameters<typeof TestPlatform.module>[2],
    string,
  ][] = [
    [
      'an option out of its range',
      {},
      { images: { concurrency: 0 } },
      'images.concurrency takes a whole number from 1',
    ],
    [
      'hosts that are none',
      {},
      { images: { allowedHosts: 'a b' } },
      'images.allowedHosts takes a list of host names',
    ],
    [
      'a source of a field that is none',
      {},
      misspelt({ images: { sources: [{ hosts: ['a.test'], header: {} }] } }),
      'images.sources takes a list of sources: entry 1 (a.test): header is not known',
    ],
    [
      'sources that are none',
      {},
      misspelt({ images: { sources: 'a.json' } }),
      'images.sources takes a list of sources',
    ],
    ['a secret that is none', {}, { callbacks: { secrets: ['x'] } }, 'callbacks.secrets takes'],
    ['a schema that needs quotes', {}, { database: { schema: 'My Schema' } }, 'database.schema takes'],
    ['a worker with routes', {}, { role: 'worker' }, 'role takes all or api where there are routes'],
    [
      'an option that is none',
      {},
      misspelt({ images: { allowedHost: 'photos.example.com' } }),
      'images takes no allowedHost, only ',
    ],
    ['a group that is none', {}, misspelt({ imagez: {} }), 'useFactory takes no imagez, only '],
    [
      'what stands elsewhere',
      {},
      misspelt({ analyzers: [] }),
      'useFactory takes no analyzers: that stands beside',
    ],
    ['a group that is no object', {}, misspelt({ images: null }), 'images takes an object with '],
    ['a factory that gives nothing', {}, misspelt(null), 'useFactory takes an object with '],
    ['an observer that is none', {}, misspelt({ observer: 5 }), 'observer takes an object'],
    [
      'a header that is none',
      {},
      { images: { userAgent: 'a\r\nb' } },
      'images.userAgent takes printable ASCII',
    ],
    [
      'a delay of no end',
      {},
      { images: { delayMs: { min: 5, max: 1 } } },
      'images.delayMs.max takes a whole number',
    ],
    ['two roles', { role: 'api' }, { role: 'all' }, 'role takes api here too'],
  ];

  it.each([
    [{ controllers: 'field/photos' }, 'controllers takes { path, guards } or false'],
    [{ analyzers: ExifAnalyzer }, 'analyzers takes a list'],
    [{ controllers: { path: 5 } }, 'controllers.path takes a text'],
    [{ controllers: { guards: TenantGuard } }, 'controllers.guards takes a list of guards'],
  ])('invalid options are refused before the module exists: %j', (setup, message) => {
    expect(() => StoreVisitsModule.forRoot(misspelt(setup))).toThrow(`StoreVisitsModule: ${message}`);
  });

  it.each(refusals)(
    'a start that cannot succeed reports the reason: %s',
    async (_what, setup, options, message) => {
      const database = await createTestDatabase();
      const start = TestPlatform.application(TestPlatform.module(database, setup, options));
      await expect(start).rejects.toThrow(`StoreVisitsModule: ${message}`);
      await database.drop();
    },
  );

  it('the start names migrations that have not run, also in another schema', async () => {
    const database = await createTestDatabase();
    const options = { database: { schema: 'acme', queueSchema: 'acme_queue' } };
    const app = await TestPlatform.application(TestPlatform.module(database, {}, options, 'globex'));
    await expect(app.init()).rejects.toThrow(
      /^StoreVisitsModule: the database has no acme\.store\.store_id\. .* migrationsIn\('acme'\)/,
    );
    await app.close();
    const older = await TestPlatform.application(TestPlatform.module(database, {}, options, 'acme'));
    await database.query('ALTER TABLE acme.job DROP COLUMN callback_url');
    await expect(older.init()).rejects.toThrow('the database has no acme.job.callback_url.');
    await older.close();
    await database.drop();
  });

  it('the start on another platform than Express says why it fails', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType(): string {
        return 'fastify';
      }
    }
    const database = await createTestDatabase();
    const module = TestPlatform.module(database, {});
    const app = await TestPlatform.application(module, true, new OtherAdapter());
    await expect(app.init()).rejects.toThrow('its routes need @nestjs/platform-express');
    await app.close();
    await database.drop();
  });
});

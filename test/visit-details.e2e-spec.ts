/** What submitters say of their jobs and visits in words of their own, from the submission to wherever it is shown. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JobsService, VisitsService } from '../src/index.js';
import { type Answer, TestApplication } from './support/application.js';
import { CallbackReceiver, WEBHOOK_SECRET } from './support/callback-receiver.js';
import { toExifBlock, withExif, TAGS } from './support/exif.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const TIME = '2026-11-17T11:36:00.000Z';
const JPEG = await readFile(new URL('fixtures/images/shelf-front.jpg', import.meta.url));
/** `__proto__` and `constructor` are keys like any other. */
const METADATA: Readonly<Record<string, string>> = JSON.parse(
  '{"__proto__":"p","constructor":"c","Rep":"Rep 7","note":"two\\nlines"}',
);

describe('what is said of a visit', () => {
  let shelfline: TestApplication;
  let host: ImageHost;
  let url: string;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ WEBHOOK_SECRET });
    host = await ImageHost.start();
    url = host.serve('/a.gif', GIF);
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
  });

  const visit = (more: object = {}): Record<string, unknown> => ({
    store_id: 'RP00002',
    image_url: [url],
    visit_time: TIME,
    ...more,
  });

  const submit = async (visits: readonly unknown[], more: object = {}, query = ''): Promise<Answer> =>
    shelfline.post(`/api/jobs${query}`, { count: visits.length, visits, ...more });

  const entries = (metadata: object): unknown[] =>
    Object.entries(metadata).toSorted(([one], [other]) => (one < other ? -1 : 1));

  it('the details of a visit appear in the job, the visit, its images and the exports', async () => {
    const answer = await submit([visit({ reference: 'V-1', metadata: METADATA }), visit()], {
      reference: 'week 46',
      metadata: METADATA,
    });
    const { job_id } = answer.json;
    await shelfline.finished(job_id);
    const job = (await shelfline.get(`/api/jobs/${job_id}`)).json;
    expect([job.reference, entries(job.metadata)]).toEqual(['week 46', entries(METADATA)]);
    const listed = (await shelfline.get('/api/jobs?reference=week%2046')).json.items[0];
    expect(entries(listed.metadata)).toEqual(entries(METADATA));
    const { items } = (await shelfline.get(`/api/jobs/${job_id}/images`)).json;
    expect(entries(items[0].visit_metadata)).toEqual(entries(METADATA));
    expect(items).toMatchObject([{ visit_reference: 'V-1' }, { visit_reference: null, visit_metadata: {} }]);
    const visits = (await shelfline.get(`/api/visits?job_id=${job_id}`)).json.items;
    expect(visits.map(({ visit_id }: { visit_id: string }) => visit_id)).toContain(items[0].visit_id);
    const referred = (await shelfline.get('/api/visits?reference=V-1')).json.items;
    expect(referred).toMatchObject([{ visit_id: items[0].visit_id, reference: 'V-1' }]);
    expect(entries(referred[0].metadata)).toEqual(entries(METADATA));
    expect((await shelfline.get('/api/visits?reference=V-2')).json.items).toEqual([]);
    const lines = await shelfline.get(`/api/jobs/${job_id}/images`, { accept: 'application/x-ndjson' });
    expect(JSON.parse(lines.text.split('\n')[0] ?? '')).toMatchObject({ visit_reference: 'V-1' });
  });

  it('the CSV export of a job without details has its earlier columns', async () => {
    const jobId = await shelfline.submit([{ store_id: 'RP00002', image_url: [url] }]);
    const csv = await shelfline.get(`/api/jobs/${jobId}/images`, { accept: 'text/csv' });
    expect(csv.text).toMatch(
      /^image_id,store_id,visit_time,image_url,status,width,height,perimeter,format,mime,orientation,content_length,attempts,error,error_code,processed_at,analysis,/,
    );
  });

  it('details are equal in NDJSON, in a query and in a document that a thread parses', async () => {
    const details = { reference: 'V-9', metadata: METADATA };
    const query = `?metadata=${encodeURIComponent(JSON.stringify(METADATA))}&time_zone=Asia/Kolkata`;
    const line = JSON.stringify(visit({ ...details, visit_time: '17/11/2026 5:06 PM' }));
    const streamed = await shelfline.post(`/api/jobs${query}`, `${line}\n`, {
      'content-type': 'application/x-ndjson',
    });
    const large = await submit([visit(details), ...Array.from({ length: 12_000 }, () => visit())], {
      metadata: METADATA,
    });
    expect([streamed.status, large.status]).toEqual([201, 201]);
    for (const { json } of [streamed, large]) {
      const job = (await shelfline.get(`/api/jobs/${json.job_id}`)).json;
      expect(entries(job.metadata)).toEqual(entries(METADATA));
      const [image] = (await shelfline.get(`/api/jobs/${json.job_id}/images?limit=1`)).json.items;
      expect(image).toMatchObject({ visit_reference: 'V-9', visit_time: TIME });
      expect(entries(image.visit_metadata)).toEqual(entries(METADATA));
    }
    await shelfline.post(`/api/jobs/${large.json.job_id}/cancel`, '');
  });

  it('the details of a job are in its webhook', async () => {
    const receiver = await CallbackReceiver.start();
    try {
      const { json } = await submit([visit()], { metadata: METADATA, callback_url: receiver.at('/ends') });
      const message = await until(async () => receiver.of('/ends')[0], 'the callback');
      const { data } = JSON.parse(message.text);
      expect([data.job_id, entries(data.metadata)]).toEqual([json.job_id, entries(METADATA)]);
    } finally {
      await receiver.close();
    }
  });

  it('the services of a platform accept and show details, and a dry run stores nothing', async () => {
    const jobs = shelfline.app.get(JobsService, { strict: false });
    const submission = {
      visits: [
        {
          store_id: 'RP00002',
          image_url: [url],
          visit_time: '2026-11-17 17:06',
          reference: 'V-5',
          metadata: METADATA,
        },
      ],
      metadata: { campaign: 'Diwali' },
      time_zone: 'Asia/Kolkata',
    };
    const before = await shelfline.database.query('SELECT job_id FROM shelfline.job ORDER BY id');
    expect(await jobs.dryRun(submission)).toEqual({
      valid: true,
      visits: 1,
      images: 1,
      columns: [],
      unknown_stores: [],
    });
    await expect(jobs.dryRun({ ...submission, time_zone: null })).rejects.toMatchObject({
      faultCount: 1,
      faults: [{ row: null, column: 'visits[0].visit_time', value: null }],
    });
    expect(await shelfline.database.query('SELECT job_id FROM shelfline.job ORDER BY id')).toEqual(before);
    const { jobId } = await jobs.submit(submission);
    expect((await jobs.get(jobId)).metadata).toEqual({ campaign: 'Diwali' });
    const visits = shelfline.app.get(VisitsService, { strict: false });
    const { items } = await visits.list({ jobId, reference: 'V-5' });
    expect(items).toMatchObject([{ reference: 'V-5', visit_time: TIME }]);
  });

  it.each([
    ['visits[0].metadata', { metadata: [] }, {}],
    ['visits[0].metadata', { metadata: { a: 5 } }, {}],
    ['visits[0].metadata', { metadata: { '': 'x' } }, {}],
    ['visits[0].metadata', { metadata: { a: 'x'.repeat(513) } }, {}],
    ['visits[0].metadata', { metadata: { ['k'.repeat(65)]: 'x' } }, {}],
    ['visits[0].metadata', { metadata: { a: 'a\u0000' } }, {}],
    [
      'visits[0].metadata',
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [n, ''])) },
      {},
    ],
    [
      'visits[0].metadata',
      { metadata: Object.fromEntries(Array.from({ length: 9 }, (_, n) => [n, 'x'.repeat(512)])) },
      {},
    ],
    ['visits[0].reference', { reference: '' }, {}],
    ['visits[0].reference', { reference: 'x'.repeat(201) }, {}],
    ['metadata', {}, { metadata: 'x' }],
    ['time_zone', {}, { time_zone: 'IST' }],
    ['visits[0].visit_time', { visit_time: '2026-03-29 02:30' }, { time_zone: 'Europe/Berlin' }],
    ['visits[0].visit_time', { visit_time: '2026-10-25 02:30' }, { time_zone: 'Europe/Berlin' }],
    ['visits[0].visit_time', { visit_time: '03/04/2026 10:00' }, { time_zone: 'Europe/Berlin' }],
    ['visits[0].visit_time', { visit_time: '2026-11-17 10:00' }, {}],
  ])('details are refused at %s (%#)', async (path, more, job) => {
    const answer = await submit([visit(more)], job);
    expect([answer.status, answer.json.details.map((fault: { path: string }) => fault.path)]).toEqual([
      400,
      [path],
    ]);
    const dry = await submit([visit(more)], job, '?dry_run=true');
    expect([dry.status, dry.json.fault_count, dry.json.faults[0].column]).toEqual([400, 1, path]);
  });

  it('details may be as long as their limits, and are null or empty if absent', async () => {
    const most = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${n}`, 'é'.repeat(100)]));
    expect((await submit([visit({ metadata: most })])).status).toBe(201);
    const { json } = await submit([visit({ metadata: null, reference: null })], {
      metadata: {},
      time_zone: null,
    });
    expect((await shelfline.get(`/api/jobs/${json.job_id}`)).json.metadata).toEqual({});
  });

  it.each(['count=1', 'reference=a', 'callback_url=https://a.test', 'time_zone=UTC', 'metadata={}'])(
    'details in the query beside a JSON body are refused: %s',
    async (query) => {
      const answer = await submit([visit()], {}, `?${query}`);
      const [path] = query.split('=');
      expect([answer.status, answer.json.details]).toEqual([
        400,
        [{ path, message: expect.stringContaining('JSON body') }],
      ]);
    },
  );

  describe('with an Idempotency-Key', () => {
    const send = async (key: string, body: object, query = ''): Promise<Answer> =>
      shelfline.post(`/api/jobs${query}`, body, { 'idempotency-key': key });
    const job = (visits: readonly unknown[], more: object = {}): object => ({
      count: visits.length,
      visits,
      ...more,
    });

    it('details are part of what an idempotency key compares, in any order', async () => {
      const first = await send(
        'k1',
        job([visit({ metadata: { a: '1', b: '2' } })], { metadata: { x: '1', y: '2' } }),
      );
      const same = await send(
        'k1',
        job([visit({ metadata: { b: '2', a: '1' } })], { metadata: { y: '2', x: '1' } }),
      );
      expect([same.status, same.json]).toEqual([201, first.json]);
      for (const other of [
        job([visit({ metadata: { a: '1' } })], { metadata: { x: '1', y: '2' } }),
        job([visit({ metadata: { a: '1', b: '2' } })]),
        job([visit({ metadata: { a: '1', b: '2' }, reference: 'r' })], { metadata: { x: '1', y: '2' } }),
        job([visit({ metadata: { a: '1', b: '2' } })], { metadata: { x: '1', y: '2' }, time_zone: 'UTC' }),
      ])
        expect((await send('k1', other)).status).toBe(422);
    });

    it('the digest of a submission without details is that of earlier versions', async () => {
      const { json } = await send('k2', job([visit()], { reference: 'r' }));
      const [row] = await shelfline.database.query<{ submission_digest: string }>(
        'SELECT submission_digest FROM shelfline.job WHERE job_id = $1',
        [json.job_id],
      );
      const text = `${JSON.stringify(['r'])}${JSON.stringify(['RP00002', Date.parse(TIME), [url]])}`;
      expect(row?.submission_digest).toBe(createHash('sha256').update(text).digest('hex'));
    });

    it('a dry run neither uses up the idempotency key nor reads it', async () => {
      const dry = await send('k3', job([visit()]), '?dry_run=true');
      expect([dry.status, dry.json.valid]).toEqual([200, true]);
      expect((await send('k3', job([visit(), visit()]))).status).toBe(201);
      expect((await send('k3', job([visit()]), '?dry_run=true')).status).toBe(200);
    });
  });

  it('a dry run adds the faults to the message about the count, and for invalid JSON', async () => {
    const count = await shelfline.post('/api/jobs?dry_run=true', { count: 2, visits: [visit()] });
    expect(count.json).toMatchObject({
      error: "The 'count' field does not match the number of 'visits'.",
      fault_count: 1,
      faults: [{ row: null, column: 'count' }],
    });
    const broken = await shelfline.post('/api/jobs?dry_run=true', '{');
    expect([broken.status, broken.json]).toMatchObject([400, { code: 'malformed_json', fault_count: 1 }]);
    expect((await shelfline.post('/api/jobs?dry_run=maybe', { count: 1, visits: [visit()] })).status).toBe(
      400,
    );
  });

  it('dry_run without a value stores nothing', async () => {
    const job = { count: 1, visits: [visit()] };
    const lines = JSON.stringify(visit());
    const answers = [
      await shelfline.post('/api/jobs?dry_run', job),
      await shelfline.post('/api/jobs?dry_run=', lines, { 'content-type': 'application/x-ndjson' }),
    ];
    for (const { status, json } of answers)
      expect([status, json.details]).toEqual([400, [{ path: 'dry_run', message: 'must be true or false' }]]);
  });

  it('a dry run counts the visits to each unknown store, and lists a hundred stores', async () => {
    const visits = Array.from({ length: 300 }, (_, n) => visit({ store_id: `NOWHERE-${n % 150}` }));
    const { json } = await submit([visit(), ...visits], {}, '?dry_run=true');
    expect(json.unknown_stores).toHaveLength(100);
    expect(json.unknown_stores[0]).toEqual({ store_id: 'NOWHERE-0', visits: 2 });
  });

  it('the time zone of a job applies to EXIF times without an offset', async () => {
    const exif = toExifBlock({ photo: [[TAGS.capturedAt, '2026:11:17 17:07:00']] });
    const photo = host.serve('/photo.jpg', withExif(JPEG, exif));
    const { json } = await submit([visit({ image_url: [photo] })], { time_zone: 'Asia/Kolkata' });
    await shelfline.finished(json.job_id);
    const [image] = (await shelfline.get(`/api/jobs/${json.job_id}/images`)).json.items;
    expect(image.analysis.exif).toMatchObject({
      capture_time: '2026-11-17T11:37:00.000Z',
      capture_delay_seconds: 60,
    });
  });

  it('a skipped image has its reason', async () => {
    const slow = host.handle('/hangs.gif', () => {});
    const answer = await submit([visit({ store_id: 'NOWHERE' }), visit({ image_url: [slow] })]);
    const { job_id } = answer.json;
    await shelfline.post(`/api/jobs/${job_id}/cancel`, '');
    const { items } = (await shelfline.get(`/api/jobs/${job_id}/images`)).json;
    expect(items).toMatchObject([
      { status: 'skipped', error_code: 'unknown_store', error: expect.stringContaining('NOWHERE') },
      { status: 'skipped', error_code: 'cancelled', error: expect.stringContaining('cancelled') },
    ]);
  });
});

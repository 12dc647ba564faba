import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { checkInvariants } from '../scripts/invariants.ts';
import { type Answer, TestApplication } from './support/application.js';
import { createTestDatabase, waitingForLocks } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { ServerProcess } from './support/server-process.js';
import { nextEvent, until } from './support/until.js';

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';
const TIME = '2024-11-16T12:00:00Z';
const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

const visit = (n: number, images = 1): object => ({
  store_id: 'RP00002',
  image_url: Array.from({ length: images }, (_, image) => `http://127.0.0.1:9/${n}-${image}.gif`),
  visit_time: TIME,
});
const lines = (visits: readonly unknown[]): string =>
  visits.map((each) => `${JSON.stringify(each)}\n`).join('');
/** So many visits that most of them are written before the last has come. */
const MANY = Array.from({ length: 1200 }, (_, n) => visit(n, 10));

describe('a submission that streams', () => {
  let shelfline: TestApplication;
  let worker: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({
      ROLE: 'api',
      MAX_IMAGES_PER_JOB: '20000',
      BODY_GRACE_MS: '20000',
    });
    // Sweeps away what was refused.
    worker = await TestApplication.startOn(shelfline.database, {
      ROLE: 'worker',
      IMAGE_RETRY_BASE_MS: '60000',
    });
  });

  afterAll(async () => {
    await worker.stop();
    await shelfline.close();
  });

  const send = async (
    contentType: string,
    body: unknown,
    query = '',
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    shelfline.post(`/api/jobs${query}`, body, { 'content-type': contentType, ...headers });

  /** Visits and images as they are kept, in their order. */
  async function kept(jobId: string): Promise<unknown[]> {
    return shelfline.database.query(
      `SELECT visit.seq, visit.store_id, visit.visit_time,
              (SELECT array_agg(image.url ORDER BY image.seq) FROM shelfline.image AS image
                WHERE image.job = visit.job AND image.visit = visit.seq AND image.seq >= visit.first_image
                  AND image.seq < visit.first_image + visit.image_count) AS urls
         FROM shelfline.job AS job
         JOIN shelfline.visit AS visit ON visit.job = job.id
        WHERE job.job_id = $1 ORDER BY visit.seq`,
      [jobId],
    );
  }

  /** Waits until nothing is left that is no job's, and no upload is under way. */
  async function nothingLeft(): Promise<void> {
    await until(async () => {
      const rows = await shelfline.database.query(
        `SELECT 1 FROM shelfline.image WHERE job NOT IN (SELECT id FROM shelfline.job)
         UNION ALL SELECT 1 FROM shelfline.visit WHERE job NOT IN (SELECT id FROM shelfline.job)
         UNION ALL SELECT 1 FROM shelfline.upload`,
      );
      return rows.length === 0 ? true : undefined;
    }, 'the end of what was left over');
  }

  async function jobs(): Promise<number> {
    const [row] = await shelfline.database.query<{ jobs: number }>(
      'SELECT count(*)::int AS jobs FROM shelfline.job',
    );
    return row?.jobs ?? 0;
  }

  /** A connection on which a body has begun that has not ended. */
  function begin(contentType: string, start: string): Socket {
    const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\nContent-Length: 999999999\r\n\r\n${start}`,
    );
    return socket;
  }

  it.each(['', '\n', '\r\n'])('streamed NDJSON creates the same job as one document (%j)', async (end) => {
    const visits = [visit(1, 2), { ...visit(2), visit_time: '2024-11-16T13:00:00+01:00' }, visit(3, 5)];
    const whole = await shelfline.post('/api/jobs', { count: 3, visits });
    const body = `${end}\uFEFF${visits.map((each) => JSON.stringify(each)).join(end || '\n')}${end}`;
    const answer = await send(NDJSON, end === '' ? body : body.replace('\uFEFF', ''));
    expect([answer.status, answer.headers.get('location')]).toEqual([201, `/api/jobs/${answer.json.job_id}`]);
    expect(await kept(answer.json.job_id)).toEqual(await kept(whole.json.job_id));
    const { json } = await shelfline.get(`/api/jobs/${answer.json.job_id}`);
    expect(json).toMatchObject({ status: 'ongoing', count: 3, images: { total: 8, pending: 8 } });
  });

  it('a long stream creates all its rows in order, and no others', async () => {
    const answer = await send(NDJSON, lines(MANY), `?count=${MANY.length}&reference=long`);
    expect(answer.status).toBe(201);
    const { json } = await shelfline.get(`/api/jobs/${answer.json.job_id}`);
    expect(json).toMatchObject({ reference: 'long', count: 1200, images: { total: 12_000 } });
    const whole = await shelfline.post('/api/jobs', { count: MANY.length, visits: MANY });
    expect(await kept(answer.json.job_id)).toEqual(await kept(whole.json.job_id));
    const client = new Client({ connectionString: shelfline.database.url });
    await client.connect();
    const verdicts = await checkInvariants(client);
    await client.end();
    expect(verdicts.filter(({ offending }) => offending.length > 0)).toEqual([]);
  });

  it('a stream is written in several transactions, and a document of the same visits in one', async () => {
    const transactions = async (jobId: string): Promise<number | undefined> => {
      const [row] = await shelfline.database.query<{ transactions: number }>(
        `SELECT count(DISTINCT visit.xmin::text)::int AS transactions
           FROM shelfline.job AS job JOIN shelfline.visit AS visit ON visit.job = job.id WHERE job.job_id = $1`,
        [jobId],
      );
      return row?.transactions;
    };
    const streamed = await send(NDJSON, lines(MANY));
    const document = await shelfline.post('/api/jobs', { count: MANY.length, visits: MANY });
    expect(await transactions(streamed.json.job_id)).toBeGreaterThan(1);
    expect(await transactions(document.json.job_id)).toBe(1);
  });

  it('a stream may be compressed, with the older content type, and cut anywhere', async () => {
    const answer = await shelfline.post('/api/submit', gzipSync(lines(MANY)), {
      'content-type': NDJSON,
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(201);
    const body = lines([{ ...visit(1), store_id: 'Läden 🏪' }]);
    const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
    const answered = nextEvent(socket, 'data');
    socket.setNoDelay(true);
    socket.write(
      `POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: ${NDJSON}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (const byte of Buffer.from(body)) {
      socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]));
    }
    socket.write('0\r\n\r\n');
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 201 /);
    socket.destroy();
  });

  it('neighbouring CSV rows with the same store and time are one visit', async () => {
    const answer = await send(
      CSV,
      '\uFEFFvisit_time,image_url,store_id\r\n' +
        '2024-11-16T12:00:00Z,"http://h/1,1.gif",S1\r\n' +
        '2024-11-16T13:00:00+01:00, http://h/2.gif ,S1\r\n' +
        '\r\n' +
        '2024-11-16T12:00:00Z,http://h/3.gif,S2\r\n' +
        '2024-11-16T12:00:00Z,http://h/4.gif,S1\r\n' +
        '2024-11-16T12:00:01Z,http://h/5.gif,S1',
      '?count=4',
    );
    expect(answer.status).toBe(201);
    const rows = (await kept(answer.json.job_id)) as { store_id: string; urls: string[] }[];
    expect(rows.map(({ store_id, urls }) => [store_id, urls])).toEqual([
      ['S1', ['http://h/1,1.gif', 'http://h/2.gif']],
      ['S2', ['http://h/3.gif']],
      ['S1', ['http://h/4.gif']],
      ['S1', ['http://h/5.gif']],
    ]);
  });

  it('neighbouring CSV rows with the same visit column are one visit', async () => {
    const answer = await send(
      CSV,
      `visit,store_id,image_url,visit_time\n1,S1,http://h/1.gif,${TIME}\n2,S1,http://h/2.gif,${TIME}\n` +
        `2,S1,http://h/3.gif,${TIME}\n1,S2,http://h/4.gif,${TIME}\n,S2,http://h/5.gif,${TIME}\n`,
    );
    const rows = (await kept(answer.json.job_id)) as { urls: string[] }[];
    expect(rows.map(({ urls }) => urls.length)).toEqual([1, 2, 1, 1]);
    const mixed = await send(
      CSV,
      `visit,store_id,image_url,visit_time\n1,S1,http://h/1.gif,${TIME}\n1,S2,http://h/2.gif,${TIME}\n`,
    );
    expect([mixed.status, mixed.json.error]).toEqual([
      400,
      'Row 3: visit "1" is the visit of the row before, whose store, time or reference is another.',
    ]);
  });

  it('streamed CSV creates the same job as NDJSON', async () => {
    const rows = Array.from({ length: 6000 }, (_, n) => `S${n % 7},http://h/${n}.gif,${TIME}`);
    const csv = await send(CSV, `store_id,image_url,visit_time\n${rows.join('\n')}\n`);
    const visits = Array.from({ length: 6000 }, (_, n) => ({
      store_id: `S${n % 7}`,
      image_url: [`http://h/${n}.gif`],
      visit_time: TIME,
    }));
    const json = await send(NDJSON, lines(visits));
    expect([csv.status, json.status]).toEqual([201, 201]);
    expect(await kept(csv.json.job_id)).toEqual(await kept(json.json.job_id));
    expect((await shelfline.get(`/api/jobs/${csv.json.job_id}`)).json).toMatchObject({
      status: 'failed',
      images: { total: 6000, skipped: 6000 },
      error_count: 6000,
    });
  });

  it.each([
    [
      NDJSON,
      `${lines([visit(1)])}\n{"store_id":\n${lines([visit(2), { ...visit(3), visit_time: 'today' }])}[]\n`,
      '',
      [
        ['Line 3', 'is not valid JSON'],
        ['Line 5: visit_time', expect.stringMatching('RFC 3339')],
        ['Line 6', expect.stringMatching('must be an object')],
      ],
    ],
    [
      NDJSON,
      lines([{ ...visit(1), image_url: ['ftp://h/1', 'http://h/2', 'http://u@h/3'] }]),
      '',
      [
        ['Line 1: image_url[0]', expect.stringMatching('absolute http')],
        ['Line 1: image_url[2]', expect.stringMatching('user name')],
      ],
    ],
    [
      CSV,
      `store_id,image_url,visit_time\nS1,http://h/1,${TIME}\nS1,http://h/2\n,http://h/3,${TIME}\nS1,h/4,${TIME}\nS1,http://h/5,now\n`,
      '',
      [
        ['Row 3: visit_time', expect.stringMatching('is empty')],
        ['Row 4: store_id', 'is empty, and required'],
        ['Row 5: image_url', expect.stringMatching('"h/4" must be a URL that begins with http')],
        ['Row 6: visit_time', expect.stringMatching('"now" must be an RFC 3339')],
      ],
    ],
    [NDJSON, '', '?count=x', [['count', 'must be a whole number from 1 to 2147483647']]],
    [NDJSON, '\n\n', '', [['The body', 'must hold at least one visit']]],
    [
      CSV,
      'store_id,image_url,visit_time\n',
      '',
      [['Row 1', 'holds the headings, and no visit follows: the file must hold at least one visit']],
    ],
    [NDJSON, lines([visit(1)]), `?reference=${'x'.repeat(201)}`, [['reference', expect.anything()]]],
    [NDJSON, lines([visit(1)]), '?callback_url=http://h/', [['callback_url', expect.anything()]]],
    [NDJSON, lines([visit(1)]), '?reference=a&reference=b', [['reference', 'must be given once']]],
    [
      NDJSON,
      lines(Array.from({ length: 30 }, (_, n) => visit(n, 1000))),
      '',
      [['The body', 'must hold at most 20000 images']],
    ],
    [
      CSV,
      `store_id,image_url,visit_time\n${`S1,http://h/1,${TIME}\n`.repeat(1001)}`,
      '',
      [['Row 1002: image_url', 'is one image more than the 1000 that a visit holds']],
    ],
  ])(
    'each fault in a stream of %s is reported with its line (%#)',
    async (contentType, body, query, faults) => {
      const before = await jobs();
      const answer = await send(contentType, body, query);
      expect(answer.status).toBe(400);
      expect(answer.json.details).toEqual(faults.map(([path, message]) => ({ path, message })));
      expect(await jobs()).toBe(before);
    },
  );

  it.each([
    [
      NDJSON,
      Buffer.from(`${lines([visit(1)])}{"store_id":"\xff"}\n`, 'latin1'),
      'Line 2 is not valid UTF-8.',
    ],
    [NDJSON, `${lines([visit(1)])}${'x'.repeat(4_194_305)}`, 'Line 2 is longer than 4194304 bytes.'],
    [NDJSON, `${'x'.repeat(4_194_305)}\n`, 'Line 1 is longer than 4194304 bytes.'],
    [NDJSON, `${'x'.repeat(4_194_304)}\r\n{`, 'Line 1 is not valid JSON (and 1 more).'],
    [NDJSON, `${'x'.repeat(4_194_304)}\r`, 'Line 1 is not valid JSON.'],
    [CSV, '', 'Row 1: store_id is missing: the columns store_id, image_url, visit_time are required'],
    [
      CSV,
      Buffer.from(`store_id,image_url,visit_time\nS1,http://h/1,${TIME}\n\xff`, 'latin1'),
      'Row 3 holds bytes that are not UTF-8',
    ],
    [CSV, 'store_id,image_url\n', 'Row 1: visit_time is missing'],
    [CSV, 'store_id,image_url,visit_time,refrence\n', 'Row 1: refrence is almost the column reference'],
    [CSV, 'store_id,image_url,visit_time,visit,visit\n', 'is the heading of the columns D and E'],
    [
      CSV,
      `store_id,image_url,visit_time\nS1,"http://h/1,${TIME}\n`,
      'Row 2 is not CSV: a quote in it is never closed (column image_url).',
    ],
    [CSV, ','.repeat(64), 'Row 1 has more than 64 columns'],
  ])('a stream of %s that cannot be read is refused (%#)', async (contentType, body, message) => {
    const answer = await send(contentType, body);
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining(message)]);
  });

  it('a stream with an invalid query is refused before its body is read', async () => {
    const answer = await send(NDJSON, lines([visit(1)]), '?callback_url=http://h/', {
      'content-encoding': 'compress',
    });
    expect([answer.status, answer.json.details]).toEqual([
      400,
      [{ path: 'callback_url', message: expect.stringMatching('is not available') }],
    ]);
  });

  it('a stream with another count gets only the message of the contract', async () => {
    const answer = await send(NDJSON, lines(MANY), '?count=1199');
    expect([answer.status, answer.json]).toEqual([
      400,
      { error: "The 'count' field does not match the number of 'visits'." },
    ]);
    await nothingLeft();
  });

  it('a stream with a late invalid line stores nothing, reports at most twenty faults, and is read no further', async () => {
    const before = await jobs();
    const bad = Array.from({ length: 30 }, () => ({ store_id: '' }));
    const socket = begin(NDJSON, `${lines(MANY)}${lines(bad)}`);
    const answer = String(await nextEvent(socket, 'data'));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*"Line 1201: store_id /);
    expect(answer.match(/"path":/g)).toHaveLength(20);
    await nothingLeft();
    expect(await jobs()).toBe(before);
  });

  it('a stream that breaks off stores nothing', async () => {
    const before = await jobs();
    const socket = begin(NDJSON, lines(MANY));
    await until(async () => {
      const rows = await shelfline.database.query('SELECT 1 FROM shelfline.upload WHERE images > 0');
      return rows.length > 0 ? true : undefined;
    }, 'an upload');
    expect((await shelfline.get('/api/jobs?limit=1')).status).toBe(200);
    socket.destroy();
    await nothingLeft();
    expect(await jobs()).toBe(before);
  });

  it('a stream of few images with long URLs is written before much of it is in memory', async () => {
    const before = await jobs();
    const long = Array.from({ length: 3 }, (_, n) => ({
      ...visit(n),
      image_url: Array.from({ length: 600 }, (_url, image) => `http://h/${image}/${'x'.repeat(2000)}`),
    }));
    const socket = begin(NDJSON, lines(long));
    await until(async () => {
      const rows = await shelfline.database.query('SELECT 1 FROM shelfline.upload WHERE images > 0');
      return rows.length > 0 ? true : undefined;
    }, 'an upload');
    socket.destroy();
    await nothingLeft();
    expect(await jobs()).toBe(before);
  });

  describe('as one large document', () => {
    /** Longer than what is parsed at a stretch. */
    const LONG = Array.from({ length: 2000 }, (_, n) => ({ ...visit(n, 10), more: 'x'.repeat(300) }));
    const document = async (fields: object, visits: unknown = LONG): Promise<Answer> =>
      send('application/json', JSON.stringify({ count: 2000, visits, ...fields }));

    it('a large document creates the same job as NDJSON', async () => {
      const answer = await document({ reference: 'large', z: [[[{ a: [1] }]]] });
      expect(answer.status).toBe(201);
      const streamed = await send(NDJSON, lines(LONG));
      expect(await kept(answer.json.job_id)).toEqual(await kept(streamed.json.job_id));
      const { json } = await shelfline.get(`/api/jobs/${answer.json.job_id}`);
      expect(json).toMatchObject({ reference: 'large', count: 2000, images: { total: 20_000 } });
    });

    it('a large document gets the same faults as a small one', async () => {
      const bad = [
        null,
        [],
        'visit',
        {},
        { ...visit(4), image_url: [] },
        { ...visit(5), image_url: [1, {}, ['http://h/1'], 'ftp://h'] },
        { ...visit(6), image_url: { length: 1 } },
        { ...visit(7), store_id: '\u0000' },
        { ...visit(8), visit_time: '2024-02-30T00:00:00Z' },
        JSON.parse('{"__proto__":{"store_id":"S1"}}'),
      ];
      const small = await send('application/json', JSON.stringify({ count: 10, visits: bad, reference: '' }));
      const large = await document({ count: 2010, reference: '' }, [...bad, ...LONG]);
      expect([large.status, small.status]).toEqual([400, 400]);
      expect(small.json.details.length).toBeGreaterThan(15);
      expect(large.json).toEqual(small.json);
    });

    it.each([
      [{ count: 1999 }, undefined, 400, 'count_mismatch'],
      [{ count: 'many' }, undefined, 400, 'invalid_input'],
      [{ callback_url: 'http://h/' }, undefined, 400, 'invalid_input'],
      [{ z: 'x'.repeat(2_000_000) }, {}, 400, 'invalid_input'],
      [{ z: 'x'.repeat(2_000_000) }, [], 400, 'count_mismatch'],
      [{ z: 'x'.repeat(2_000_000), count: 0 }, [], 400, 'invalid_input'],
      [{ count: 1, z: 'x'.repeat(2_000_000) }, [visit(1)], 201, undefined],
      [{ z: Array.from({ length: 500_000 }, () => []) }, undefined, 413, 'body_too_complex'],
      [{ count: 21 }, Array.from({ length: 21 }, (_, n) => visit(n, 1000)), 400, 'invalid_input'],
    ])('a large document with %# gets its answer', async (fields, visits, status, code) => {
      const answer = await document(fields, visits);
      const expected = code === 'count_mismatch' ? undefined : code;
      expect([answer.status, answer.json.code]).toEqual([status, expected]);
    });

    it.each([
      ['[1]'.padEnd(2_000_000), 'invalid_input'],
      ['"x"'.padEnd(2_000_000), 'invalid_input'],
      [`{"count":1${' '.repeat(2_000_000)}`, 'malformed_json'],
      ['x'.repeat(2_000_000), 'malformed_json'],
      [Buffer.alloc(2_000_000, 0xff), 'malformed_json'],
    ])('a large document that is no job (%#) is refused', async (body, code) => {
      const answer = await send('application/json', body);
      expect([answer.status, answer.json.code]).toEqual([400, code]);
      expect(answer.json.error.length).toBeLessThan(300);
    });

    it('a large document releases its thread when its sender disconnects at any moment, refused or not', async () => {
      const text = JSON.stringify({ count: 1999, visits: LONG });
      const head = `POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${text.length}`;
      const senders = ['', 'Idempotency-Key: ' + 'x'.repeat(256)].flatMap((header) =>
        [0, 1, 5, 20, 60].map(async (ms) => {
          const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1').on('error', () => {});
          socket.write(`${head}\r\n${header && `${header}\r\n`}\r\n`);
          await new Promise<void>((resolve) => socket.write(text, () => resolve()));
          setTimeout(() => socket.destroy(), ms);
          await nextEvent(socket, 'close');
        }),
      );
      await Promise.all(senders);
      expect((await document({})).status).toBe(201);
    });

    it('many large documents can be submitted at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 4 }, async (_, n) => document({ count: 2000 - (n % 2) })),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 400, 201, 400]);
      await nothingLeft();
    });
  });

  describe('with an Idempotency-Key', () => {
    const keyed = async (key: string, contentType: string, body: unknown, query = ''): Promise<Answer> =>
      send(contentType, body, query, { 'idempotency-key': key });

    it('one idempotency key creates one job with any type of body', async () => {
      const visits = [visit(1), visit(2)];
      const first = await keyed('a', NDJSON, lines(visits));
      const rows = visits.map((_, n) => `${n},RP00002,http://127.0.0.1:9/${n + 1}-0.gif,${TIME}\n`);
      const again = [
        await keyed('a', NDJSON, lines(visits), '?count=2'),
        await keyed('a', CSV, `visit,store_id,image_url,visit_time\n${rows.join('')}`),
        await keyed('a', 'application/json', { count: 2, visits }),
      ];
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      for (const answer of again) {
        expect([answer.status, answer.text]).toEqual([201, first.text]);
        expect(answer.headers.get('idempotent-replayed')).toBe('true');
      }
      const other = await keyed('a', NDJSON, lines(visits), '?reference=other');
      expect([other.status, other.json.code]).toEqual([422, 'idempotency_key_reused']);
    });

    it('five concurrent streams with one key create one job, and leave nothing of the others', async () => {
      const before = await jobs();
      const answers = await Promise.all(
        Array.from({ length: 5 }, async () => keyed('b', NDJSON, lines(MANY))),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await jobs()).toBe(before + 1);
      await nothingLeft();
    });

    it('a repeated stream with a key writes nothing', async () => {
      const numbers = async (): Promise<unknown> =>
        shelfline.database.query(
          `SELECT pg_sequence_last_value(pg_get_serial_sequence('shelfline.job', 'id')) AS last`,
        );
      const first = await keyed('d', NDJSON, lines(MANY));
      const before = await numbers();
      const again = await keyed('d', NDJSON, lines(MANY));
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(await numbers()).toEqual(before);
    });

    it('a refused stream does not use up its key', async () => {
      expect((await keyed('c', NDJSON, `${lines(MANY)}{`)).status).toBe(400);
      expect((await keyed('c', NDJSON, lines([visit(7)]))).status).toBe(201);
    });
  });
});

describe('a process that stops while a submission streams in', () => {
  it('a process that stops during a stream ends in time, and leaves nothing of it', async () => {
    const database = await createTestDatabase();
    const server = await ServerProcess.start({ DATABASE_URL: database.url, SHUTDOWN_GRACE_MS: '0' });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE shelfline.image IN SHARE MODE');
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: ${NDJSON}\r\nContent-Length: 999999999\r\n\r\n${lines(MANY)}`,
    );
    await until(
      async () => ((await waitingForLocks(client)) > 0 ? true : undefined),
      'a step that is being written',
    );
    const status = server.kill('SIGTERM');
    // Its time is over: what it writes is still in hand.
    await nextEvent(socket, 'close');
    await client.query('COMMIT');
    expect(await status).toBe(0);
    expect(server.text).not.toContain('upload_left');
    expect(await database.query('SELECT 1 FROM shelfline.upload')).toEqual([]);
    expect(await database.query('SELECT 1 FROM shelfline.job')).toEqual([]);
    const verdicts = await checkInvariants(client);
    await client.end();
    expect(verdicts.filter(({ offending }) => offending.length > 0)).toEqual([]);
    await database.drop();
  }, 30_000);
});

describe('a process that is killed while a submission streams in', () => {
  it('a process that is killed during a stream leaves no job, and its rows are deleted later', async () => {
    const database = await createTestDatabase();
    const host = await ImageHost.start();
    const url = host.serve('/1.gif', GIF);
    const killed = await ServerProcess.start({ DATABASE_URL: database.url });
    const socket = connect(Number(new URL(killed.origin).port), '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: ${NDJSON}\r\nContent-Length: 999999999\r\n\r\n${lines(MANY)}`,
    );
    const left = async (): Promise<number> => {
      const [row] = await database.query<{ rows: number }>(
        'SELECT count(*)::int AS rows FROM shelfline.image WHERE job NOT IN (SELECT id FROM shelfline.job)',
      );
      return row?.rows ?? 0;
    };
    await until(async () => ((await left()) > 0 ? true : undefined), 'rows of an upload');
    await killed.kill('SIGKILL');
    await database.query(`UPDATE shelfline.upload SET touched_at = now() - interval '11 minutes'`);
    const next = await ServerProcess.start({ DATABASE_URL: database.url });
    await until(async () => ((await left()) === 0 ? true : undefined), 'the end of the rows');
    const body = lines([{ store_id: 'RP00002', image_url: [url], visit_time: TIME }]);
    const answer = await fetch(`${next.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': NDJSON },
      body,
    });
    const { job_id } = (await answer.json()) as { job_id: string };
    await until(async () => {
      const job = (await (await fetch(`${next.origin}/api/jobs/${job_id}`)).json()) as { status: string };
      return job.status === 'completed' ? true : undefined;
    }, 'the end of the job');
    expect(await database.query('SELECT 1 FROM shelfline.upload')).toEqual([]);
    expect(await database.query('SELECT job_id FROM shelfline.job')).toEqual([{ job_id }]);
    await next.kill('SIGTERM');
    await host.close();
    await database.drop();
  }, 60_000);
});

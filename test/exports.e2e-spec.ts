import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { ImagesReader } from '../src/images/images.reader.js';
import { TestApplication } from './support/application.js';
import { nextEvent, until } from './support/until.js';

const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
/** The columns that were there first, which stay as they are. */
const FIRST_COLUMNS =
  'image_id store_id visit_time image_url status width height perimeter format mime orientation content_length attempts error error_code processed_at analysis'.split(
    ' ',
  );
/** Exports at a time. */
const MOST = 3;

describe('the results of a job', () => {
  let shelfline: TestApplication;
  let jobId: string;

  /** Its images are as the statements say: nothing is fetched. */
  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api', MAX_STREAMS: String(MOST) });
    jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: Array.from({ length: 1000 }, (_, n) => `http://h/${n},"x".gif`) },
      { store_id: '=cmd()', image_url: ['http://h/unknown.gif'] },
      { store_id: 'RP00003', image_url: Array.from({ length: 1000 }, (_, n) => `http://h/b${n}.gif`) },
      { store_id: 'RP00002', image_url: ['http://h/last.gif'] },
    ]);
    await shelfline.database.query(
      `UPDATE shelfline.image SET status = 'failed', error = '@SUM(A1)', error_code = 'http_status', attempts = 1,
              processed_at = now() WHERE seq = 1`,
    );
    await shelfline.database.query(
      `UPDATE shelfline.image SET status = 'succeeded', width = 2, height = 3, perimeter = 10, format = 'gif',
              mime = 'image/gif', content_length = 14, attempts = 1, processed_at = now() WHERE seq = 0`,
    );
  });

  afterAll(async () => {
    await shelfline.close();
  });

  const path = (query = ''): string => `/api/jobs/${jobId}/images${query}`;

  async function pages(query: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { json } = await shelfline.get(path(`?limit=1000${query}${next && `&cursor=${next}`}`));
      items.push(...json.items);
      next = json.next_cursor;
    }
    return items;
  }

  it.each(['', '&status=failed', '&store_id=RP00002', '&store_id=NONE', '&status=pending&store_id=RP00003'])(
    'NDJSON has the same results as the pages (%s)',
    async (query) => {
      const answer = await shelfline.get(path(`?limit=1${query}`), { accept: NDJSON });
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
        200,
        `${NDJSON}; charset=utf-8`,
        expect.stringContaining('Accept'),
      ]);
      const lines = answer.text.split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.map((line) => JSON.parse(line))).toEqual(await pages(query));
    },
  );

  it('no cell of a CSV export is a formula', async () => {
    const answer = await shelfline.get(path(), { accept: CSV });
    expect(answer.headers.get('content-type')).toBe(`${CSV}; charset=utf-8`);
    const rows = parse(answer.text, { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(2002);
    expect(Object.keys(rows[0] ?? {}).slice(0, FIRST_COLUMNS.length)).toEqual(FIRST_COLUMNS);
    expect(rows[0]).toMatchObject({
      store_id: 'RP00002',
      visit_time: '2024-11-16T12:00:00.000Z',
      image_url: 'http://h/0,"x".gif',
      status: 'succeeded',
      width: '2',
      perimeter: '10',
      content_length: '14',
      error: '',
      analysis: '{}',
    });
    expect(rows[1]).toMatchObject({ status: 'failed', error: "'@SUM(A1)", width: '' });
    expect(rows[1000]).toMatchObject({ store_id: "'=cmd()", status: 'skipped' });
    expect(rows.filter((row) => Object.values(row).some((cell) => /^[=+\-@\t\r]/.test(cell)))).toEqual([]);
  });

  it('a CSV export without results is a header, and a client that accepts anything gets JSON', async () => {
    const empty = await shelfline.get(path('?store_id=NONE'), { accept: CSV });
    expect(empty.text).toMatch(/^image_id,store_id,[a-z_,]+,analysis,[a-z_,]+\n$/);
    for (const accept of ['*/*', 'application/json, text/csv', 'text/html', 'application/*']) {
      const answer = await shelfline.get(path('?limit=1'), { accept });
      expect([accept, answer.json.items.length]).toEqual([accept, 1]);
    }
  });

  it.each([CSV, NDJSON])(
    'an export of an unknown job, or with an invalid parameter, answers an error in JSON (%s)',
    async (accept) => {
      const none = await shelfline.get(`/api/jobs/${jobId.slice(0, -4)}0000/images`, { accept });
      expect([none.status, none.json.code]).toEqual([404, 'job_not_found']);
      const wrong = await shelfline.get(path('?status=done'), { accept });
      expect([wrong.status, wrong.json.code]).toEqual([400, 'invalid_input']);
    },
  );

  it('an export is read at the speed of its client, and is cut off if the job is deleted', async () => {
    const long = Array.from({ length: 30 }, (_, visit) => ({
      store_id: 'RP00002',
      image_url: Array.from({ length: 1000 }, (_url, n) => `http://h/${visit}/${n}/${'x'.repeat(1000)}`),
    }));
    const job = await shelfline.submit(long);
    const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
    socket.write(`GET /api/jobs/${job}/images HTTP/1.1\r\nHost: x\r\nAccept: ${NDJSON}\r\n\r\n`);
    await nextEvent(socket, 'readable');
    await shelfline.post(`/api/jobs/${job}/cancel`, '');
    const deleted = await shelfline.send('DELETE', `/api/jobs/${job}`, '');
    expect(deleted.status).toBe(204);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await nextEvent(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    // The last chunk of a whole answer has no bytes.
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(text.split('\n').length).toBeLessThan(30_000);
    expect((await shelfline.get(`/api/jobs/${job}`)).status).toBe(404);
  });

  it('an export whose client disconnects before it begins holds no slot', async () => {
    const server = shelfline.app.getHttpServer();
    const images = shelfline.app.get(ImagesReader, { strict: false });
    const looked = Promise.withResolvers<undefined>();
    const all = jest.spyOn(images, 'table').mockReturnValue(looked.promise);
    for (let n = 1; n <= MOST; n += 1) {
      const accepted = nextEvent(server, 'connection');
      const reader = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
      reader.write(`GET ${path()} HTTP/1.1\r\nHost: x\r\nAccept: ${CSV}\r\n\r\n`);
      const [socket] = (await accepted) as [Socket];
      await until(async () => (all.mock.calls.length === n ? true : undefined), 'the request');
      reader.destroy();
      await nextEvent(socket, 'close');
    }
    looked.resolve(undefined);
    all.mockRestore();
    expect((await shelfline.get(path(), { accept: CSV })).status).toBe(200);
  });
});

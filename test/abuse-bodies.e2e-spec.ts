import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttackedServer, gzipped, type Part, repeated } from './support/attacked-server.js';

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';
const FORM = 'multipart/form-data; boundary=X';
const VISIT = {
  store_id: 'S1',
  image_url: ['http://host.example/1.png'],
  visit_time: '2024-11-16T12:00:00Z',
};
const VISIT_COLUMNS = 'store_id,image_url,visit_time\n';

/**
 * Processor time of the main thread in one piece, in milliseconds. On an idle machine each of these takes less than 50; one that
 * shares its caches takes up to twice as long. What these tests guard against took 400 to 18,000.
 */
const MAX_PIECE_MS = 200;
/** A server with nothing to do takes some 140 MB. */
const MAX_PEAK_MB = 500;

describe('a body that is made to cost', () => {
  let server: AttackedServer;

  beforeAll(async () => {
    server = await AttackedServer.start();
    // What is measured is not the first of its kind: loading and compiling code takes time once.
    const job = JSON.stringify({ count: 1, visits: [VISIT] });
    for (let n = 0; n < 20; n += 1) await server.send('POST', '/api/jobs', JSON_TYPE, job);
    await server.send('POST', '/api/jobs', NDJSON, JSON.stringify(VISIT));
    await server.send('POST', '/api/jobs', CSV, VISIT_COLUMNS);
    await server.send('POST', '/api/stores/import', CSV, 'AreaCode,StoreName,StoreID\n7,Corner,S1\n');
  });

  afterAll(async () => {
    await server.stop();
  });

  it.each([
    ['a store', 'PUT', '/api/stores/S1', JSON_TYPE],
    ['a cancel, which needs none,', 'POST', '/api/jobs/job_1/cancel', JSON_TYPE],
    ['a retry, which needs none,', 'POST', '/api/jobs/job_1/retry', 'text/plain'],
    ['a delete, which needs none,', 'DELETE', '/api/stores/S1', JSON_TYPE],
  ])(
    'a body of %s is refused above a few KiB, also after decompression',
    async (_what, method, path, contentType) => {
      const large = repeated('{},', 17_000);
      const plain = await server.send(method, path, contentType, large);
      expect([plain.status, plain.code]).toEqual([413, 'body_too_large']);
      expect(plain.error).toBe('The body is larger than the limit of 16384 bytes.');
      const packed = await server.send(method, path, contentType, gzipped([['{},', 33_000_000]]), {
        'content-encoding': 'gzip',
      });
      expect([packed.status, packed.code]).toEqual([413, 'body_too_large']);
      expect(packed.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
    },
  );

  it.each([50e6, 110e6, 200e6])('a CSV row of %d commas is refused at its 65th column', async (commas) => {
    const attack = await server.sendPacked('/api/jobs', CSV, [VISIT_COLUMNS, [',', commas]]);
    expect(attack).toMatchObject({
      status: 400,
      code: 'malformed_csv',
      error: 'Row 2 has more than 64 columns.',
    });
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
  });

  it('four concurrent bodies of commas do not end the process', async () => {
    const sent = [1, 2, 3, 4].map(() => server.sendPacked('/api/jobs', CSV, [VISIT_COLUMNS, [',', 110e6]]));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });

  it('an import of commas, or of quoted line breaks, is refused too', async () => {
    for (const piece of [',', '"\n",']) {
      const body = Buffer.concat([Buffer.from('AreaCode,StoreName,StoreID\n'), repeated(piece, 500_000)]);
      const attack = await server.send('POST', '/api/stores/import', CSV, body);
      expect(attack).toMatchObject({
        status: 400,
        error: 'Row 2 has more than 64 columns.',
      });
      expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
    }
  });

  it.each([
    ['lists', '[],'],
    ['objects', '{},'],
    ['keys', '"a":0,'],
    ['numbers', '0,'],
    ['nested lists', '['],
    ['nested objects', '{"a":'],
  ])('an NDJSON line of %s is refused before it is parsed', async (_what, piece) => {
    const line = ['{"x":[', [piece, 4_000_000] as const, '\n'];
    const attack = await server.sendPacked('/api/jobs', NDJSON, [...line, ...line, ...line]);
    expect([attack.status, attack.code]).toEqual([400, 'invalid_input']);
    expect(attack.error).toContain('Line 1 holds too many keys, lists and objects, or is nested too deeply');
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
  });

  it.each([
    ['objects', '{},'],
    ['equal keys', '"a":0,'],
    ['numbers', '0,'],
    ['nested lists', '['],
  ])('a JSON document of 1 MB of %s is not parsed on the main thread', async (_what, piece) => {
    const opening = piece.includes(':') ? '{"x":{' : '{"x":[';
    const body = Buffer.concat([Buffer.from(opening), repeated(piece, 1_000_000)]);
    const attack = await server.send('POST', '/api/jobs', JSON_TYPE, body);
    expect(attack).toMatchObject({ status: 400, code: 'malformed_json' });
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
  });

  it.each([
    ['objects', '{},'],
    ['equal keys', '"a":0,'],
  ])('a JSON document of 33 MB of %s is refused before it is parsed', async (_what, piece) => {
    const attack = await server.sendPacked('/api/jobs', JSON_TYPE, [[piece, 33_000_000]]);
    expect([attack.status, attack.code]).toEqual([413, 'body_too_complex']);
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
  });

  it.each([
    [
      'callback_url',
      (text: Part): Part[] => [
        '{"count":1,"callback_url":"http://h.example/',
        text,
        `","visits":[`,
        JSON.stringify(VISIT),
        ']}',
      ],
    ],
    [
      'reference',
      (text: Part): Part[] => ['{"count":1,"reference":"', text, `","visits":[`, JSON.stringify(VISIT), ']}'],
    ],
    ['store_id', (text: Part): Part[] => ['{"count":1,"visits":[{"store_id":"', text, '"}]}']],
    [
      'image_url',
      (text: Part): Part[] => [
        '{"count":1,"visits":[{"store_id":"S1","visit_time":"2024-11-16T12:00:00Z","image_url":["http://h.example/',
        text,
        '"]}]}',
      ],
    ],
  ])(
    'a JSON document with a text of 30 MB as its %s is refused, and never copied as a whole',
    async (field, bodyWith) => {
      for (const letter of ['x', '日']) {
        const attack = await server.sendPacked('/api/jobs', JSON_TYPE, bodyWith([letter, 30_000_000]));
        expect([attack.status, attack.code]).toEqual([400, 'invalid_input']);
        expect(attack.error).toContain(field);
        expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
      }
    },
  );

  it('a JSON document of 6 million visits does not block the main thread', async () => {
    const attack = await server.sendPacked('/api/jobs', JSON_TYPE, [
      '{"visits":[',
      ['null,', 32_000_000],
      'null]}',
    ]);
    expect([attack.status, attack.code]).toEqual([400, 'invalid_input']);
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
  });

  it('an import of a million rows that are no stores is refused at row 10,001 and changes nothing', async () => {
    const rows = ['AreaCode,StoreName,StoreID', '7,Other,S1', ...Array.from({ length: 1e6 }, () => 'x')];
    const attack = await server.send('POST', '/api/stores/import', CSV, rows.join('\n'));
    expect(attack).toMatchObject({
      status: 400,
      code: 'too_many_rejected_rows',
      error: 'More than 10000 rows are no stores, so nothing was imported. The details list the first.',
    });
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
    const store = (await (await fetch(`${server.origin}/api/stores/S1`)).json()) as { store_name: string };
    expect(store.store_name).toBe('Corner');
  });

  it.each([
    ['fields', 'name="a"', 'unknown_field', 'is not a field of this form'],
    ['files', 'name="a"; filename="b"', 'malformed_form', 'too many parts'],
  ])(
    'a form of a hundred thousand %s is refused at one of its first parts',
    async (_what, name, code, error) => {
      const part = `--X\r\nContent-Disposition: form-data; ${name}\r\n\r\n\r\n`;
      const body = Buffer.concat([repeated(part, part.length * 100_000), Buffer.from('--X--\r\n')]);
      const attack = await server.send('POST', '/api/stores/import', FORM, body);
      expect([attack.status, attack.code]).toEqual([400, code]);
      expect(attack.error).toContain(error);
      expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
    },
  );

  it('a visit with a thousand long URLs is read in short pieces', async () => {
    const image_url = Array.from({ length: 1000 }, (_, n) => `http://host.example/${n}/${'日'.repeat(1300)}`);
    const attack = await server.send('POST', '/api/jobs', NDJSON, JSON.stringify({ ...VISIT, image_url }));
    expect(attack.status).toBe(201);
    expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
  });

  it('expensive bodies leave the memory of the process within bounds', async () => {
    expect(server.isAlive).toBe(true);
    expect(await server.peakMb()).toBeLessThan(MAX_PEAK_MB);
  });
});

describe('a stream', () => {
  let server: AttackedServer;

  beforeAll(async () => {
    server = await AttackedServer.start({ MAX_STREAM_BYTES: '20000000', MAX_IMPORT_BYTES: '1000000' });
  });

  afterAll(async () => {
    await server.stop();
  });

  it.each([NDJSON, CSV])(
    'a stream of empty lines (%s) ends at MAX_STREAM_BYTES after decompression',
    async (type) => {
      const attack = await server.sendPacked('/api/jobs', type, [['\n', 300_000_000]]);
      expect(attack).toMatchObject({
        status: 413,
        code: 'body_too_large',
        error: 'The body is larger than the limit of 20000000 bytes.',
      });
      expect(attack.longestPieceMs).toBeLessThan(MAX_PIECE_MS);
    },
  );

  it('an import ends at MAX_IMPORT_BYTES, as a file and as a form', async () => {
    const header = 'AreaCode,StoreName,StoreID\n';
    const rows = repeated('7,A,S1\n', 1_100_000);
    const file = Buffer.concat([Buffer.from(header), rows]);
    const head = '--X\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\n';
    const form = Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--X--\r\n')]);
    for (const [type, body] of [[CSV, file] as const, [FORM, form] as const]) {
      const attack = await server.send('POST', '/api/stores/import', type, body);
      expect([type, attack.status, attack.error]).toEqual([
        type,
        413,
        'The body is larger than the limit of 1000000 bytes.',
      ]);
    }
  });
});

describe('a document that takes too long', () => {
  let server: AttackedServer;

  beforeAll(async () => {
    server = await AttackedServer.start({ DOCUMENT_TIMEOUT_MS: '1', DOCUMENT_THREADS: '1' });
  });

  afterAll(async () => {
    await server.stop();
  });

  it('a document that takes too long is refused, and its thread can parse the next one', async () => {
    const padded = JSON.stringify({ count: 1, visits: [VISIT], padding: 'x'.repeat(1_100_000) });
    for (let n = 0; n < 3; n += 1) {
      const attack = await server.send('POST', '/api/jobs', JSON_TYPE, padded);
      expect(attack).toMatchObject({ status: 413, code: 'body_too_complex' });
      expect(attack.error).toContain('takes longer than 1 ms to parse');
    }
  });
});

import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Answer, TestApplication } from './support/application.js';
import { HeldLocks, waitsForLock, waitsOrAnswers } from './support/locks.js';
import { nextEvent, until } from './support/until.js';

const HEADER = 'AreaCode,StoreName,StoreID';

describe('the store master', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  beforeEach(async () => {
    await shelfline.database.query('TRUNCATE shelfline.store');
  });

  async function importCsv(csv: string | Buffer): Promise<Answer> {
    return shelfline.post('/api/stores/import', csv, { 'content-type': 'text/csv' });
  }

  async function stores(query = ''): Promise<string[]> {
    const { json } = await shelfline.get(`/api/stores?${query}`);
    return json.items.map((store: Record<string, string>) => store['store_id']);
  }

  /** Imports that hold a connection and wait for more of their file. */
  async function importing(): Promise<number> {
    const rows = await shelfline.database.query(
      `SELECT 1 FROM pg_class WHERE relname = 'store_import' AND relpersistence = 't'`,
    );
    return rows.length;
  }

  /** Begins an upload and lets it stall; resolves once the server has taken it up. */
  async function stalledUpload(rows: number): Promise<Socket> {
    const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
    socket.write(
      'POST /api/stores/import HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n',
    );
    await nextEvent(socket, 'data');
    socket.write(`${HEADER}\n${'7,Corner,A1\n'.repeat(rows)}`);
    return socket;
  }

  it('a store can be created, read, changed and deleted', async () => {
    const store = {
      store_id: 'RP00002',
      store_name: 'Corner Market',
      area_code: '7',
      latitude: null,
      longitude: null,
      radius_meters: null,
    };
    const made = await shelfline.send('PUT', '/api/stores/RP00002', {
      store_name: 'Corner Market',
      area_code: '7',
    });
    expect([made.status, made.json]).toEqual([201, store]);
    expect((await shelfline.get('/api/stores/RP00002')).json).toEqual(store);
    const changed = await shelfline.send('PUT', '/api/stores/RP00002', {
      store_name: 'Market',
      area_code: '7',
    });
    expect([changed.status, changed.json.store_name]).toEqual([200, 'Market']);
    expect((await shelfline.send('DELETE', '/api/stores/RP00002', '')).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      const answer =
        method === 'GET'
          ? await shelfline.get('/api/stores/RP00002')
          : await shelfline.send(method, '/api/stores/RP00002', '');
      expect([answer.status, answer.json]).toEqual([
        404,
        { error: 'Store not found', code: 'store_not_found', details: [] },
      ]);
    }
  });

  it.each([
    ['store_name', { area_code: '7' }],
    ['store_name', { store_name: '', area_code: '7' }],
    ['store_name', { store_name: 'a\0', area_code: '7' }],
    ['area_code', { store_name: 'a', area_code: 7 }],
  ])('a store whose %s is wrong is refused', async (path, body) => {
    const answer = await shelfline.send('PUT', '/api/stores/X1', body);
    expect(answer.status).toBe(400);
    expect(answer.json.details[0].path).toBe(path);
    expect(await stores()).toEqual([]);
  });

  it('an import accepts quoted names, commas, a byte order mark and CRLF, in any order of columns', async () => {
    const csv =
      '\ufeffStoreID,AreaCode,StoreName\r\nA1,7,"Fern, Moss ""&"" Co"\r\n\r\nB2,8,Café Österberg\r\n';
    expect((await importCsv(csv)).json).toEqual({
      received: 2,
      inserted: 2,
      updated: 0,
      unchanged: 0,
      rejected_count: 0,
      rejected: [],
    });
    expect((await shelfline.get('/api/stores/A1')).json.store_name).toBe('Fern, Moss "&" Co');
    expect((await shelfline.get('/api/stores/B2')).json.store_name).toBe('Café Österberg');
  });

  it('an import accepts the file of a form', async () => {
    const form = new FormData();
    form.append('file', new Blob([`${HEADER}\n7,Corner,A1\n`]), 'stores.csv');
    const answer = await fetch(`${shelfline.origin}/api/stores/import`, { method: 'POST', body: form });
    expect([answer.status, await stores()]).toEqual([200, ['A1']]);
  });

  it('an import applies good rows and reports the others by their row', async () => {
    const csv = `${HEADER}\n7,Corner,A1\n7,Corner\n7,"two\nlines",A2\n7,,A3\n7,${'x'.repeat(201)},A4\n7,Mill,A5\n`;
    expect((await importCsv(csv)).json).toEqual({
      received: 6,
      inserted: 2,
      updated: 0,
      unchanged: 0,
      rejected_count: 4,
      rejected: [
        { line: 3, error: 'StoreID must have 1 to 64 characters' },
        { line: 4, error: 'StoreName must hold no control characters and no lone surrogates' },
        { line: 5, error: 'StoreName must have 1 to 200 characters' },
        { line: 6, error: 'StoreName must have 1 to 200 characters' },
      ],
    });
    expect(await stores()).toEqual(['A1', 'A5']);
  });

  it.each([99, 100, 101, 250])(
    'an import counts %d rejected rows, and lists the first hundred',
    async (count) => {
      const bad = Array.from({ length: count }, (_, row) => `7,,A${row}`);
      const { status, json } = await importCsv([HEADER, ...bad, '7,Mill,B1'].join('\n'));
      expect([status, json.received, json.inserted, json.rejected_count]).toEqual([200, count + 1, 1, count]);
      const lines = json.rejected.map(({ line }: { line: number }) => line);
      expect(lines).toEqual(Array.from({ length: Math.min(count, 100) }, (_, row) => row + 2));
    },
  );

  it.each([
    ['', 'bad_header'],
    ['A,B,C\n1,2,3\n', 'bad_header'],
    ['StoreID,StoreID,AreaCode\n', 'bad_header'],
    [`${HEADER},More\n1,2,3,4\n`, 'bad_header'],
    [`${HEADER}\n7,Corner,A1\n7,"never closed,A2\n`, 'malformed_csv'],
    [Buffer.from(`${HEADER}\n7,Corner,A1\n7,Caf\xe9,A2\n`, 'latin1'), 'malformed_csv'],
    [`${HEADER}\n7,"${'x'.repeat(200_000)}",A1\n`, 'malformed_csv'],
  ])('an import of %j is refused as a whole, and changes nothing', async (csv, code) => {
    const answer = await importCsv(csv);
    expect([answer.status, answer.json.code]).toEqual([400, code]);
    expect(await stores()).toEqual([]);
  });

  it.each([
    [`${HEADER}\n7,Corner,A1\n7,"Never closed,A2\n7,Mill,A3\n`, /^Row 3 .*quote/],
    [`${HEADER}\n7,"two\nlines",A1\n\n7,${'x'.repeat(100_000)},A2\n`, /^Row 4 .*65,?536/],
  ])('an import reports where a file stops being CSV (%#)', async (csv, where) => {
    const answer = await importCsv(csv);
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringMatching(where)]);
  });

  it.each([
    [
      'a form whose part is all head',
      '--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\xff\nx\r\n--X--\r\n',
      'missing_file',
    ],
    [
      'a form without the file',
      '--X\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nx\r\n--X--\r\n',
      'missing_file',
    ],
    [
      'a form that ends half-way',
      `--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${HEADER}\n7,C,A1\n`,
      'malformed_form',
    ],
    ['a form of rubbish', 'junk'.repeat(1000), 'malformed_form'],
    [
      'a form with a bad file',
      `--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nFoo\n${'x\n'.repeat(100_000)}\r\n--X--\r\n`,
      'bad_header',
    ],
  ])('an import of %s is refused', async (_what, body, code) => {
    const answer = await shelfline.post('/api/stores/import', body, {
      'content-type': 'multipart/form-data; boundary=X',
    });
    expect([answer.status, answer.json.code]).toEqual([400, code]);
    expect(await stores()).toEqual([]);
  });

  it.each(['text/csv', 'multipart/form-data; boundary=X'])(
    'a connection is usable after a long %s was refused',
    async (contentType) => {
      const file = `Foo\n${'x\n'.repeat(1_000_000)}`;
      const body = contentType.startsWith('text/')
        ? file
        : `--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${file}\r\n--X--\r\n`;
      const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
      let answers = '';
      socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
      socket.write(
        `POST /api/stores/import HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await nextEvent(socket, 'close');
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
    },
  );

  it('an import that breaks off changes nothing', async () => {
    const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /api/stores/import HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n\r\n${HEADER}\n${'7,C,A1\n'.repeat(6000)}`,
    );
    await until(async () => ((await importing()) > 0 ? true : undefined), 'an import that waits for more');
    socket.destroy();
    await until(async () => ((await importing()) === 0 ? true : undefined), 'its end');
    expect(await stores()).toEqual([]);
  });

  it('the stores are readable and writable while many uploads stall', async () => {
    const uploads = await Promise.all(Array.from({ length: 20 }, () => stalledUpload(3)));
    expect(await stores()).toEqual([]);
    expect((await importCsv(`${HEADER}\n7,Corner,A2\n`)).status).toBe(200);
    expect(await importing()).toBe(0);
    uploads.push(...(await Promise.all(Array.from({ length: 5 }, () => stalledUpload(6000)))));
    await until(async () => ((await importing()) > 0 ? true : undefined), 'an import that waits for more');
    for (let ask = 0; ask < 20; ask += 1) expect(await importing()).toBe(1);
    for (const upload of uploads) upload.destroy();
    await until(async () => ((await importing()) === 0 ? true : undefined), 'the end of all of them');
    expect((await importCsv(`${HEADER}\n7,Corner,A3\n`)).json.inserted).toBe(1);
    expect(await stores()).toEqual(['A2', 'A3']);
  });

  describe('of two processes that import at once', () => {
    let other: TestApplication;
    let held: HeldLocks | undefined;

    beforeAll(async () => {
      other = await TestApplication.startOn(shelfline.database, { ROLE: 'api' });
    });

    afterEach(async () => held?.release());

    afterAll(async () => other.stop());

    const importBy = (application: TestApplication, rows: string): Promise<Answer> =>
      application.post('/api/stores/import', `${HEADER}\n${rows}`, { 'content-type': 'text/csv' });

    it('one of two concurrent imports waits for the other, so that both counts are right', async () => {
      await importCsv(`${HEADER}\n7,Corner,A1\n`);
      held = await HeldLocks.hold(
        shelfline.database,
        `SELECT FROM shelfline.store WHERE store_id = 'A1' FOR UPDATE`,
      );
      const first = importBy(shelfline, '8,Corner,A1\n7,Mill,B1\n');
      await waitsForLock(shelfline.database, '%INSERT INTO shelfline.store AS store%');
      const second = importBy(other, '7,Mill,B1\n7,Bay,C1\n');
      const came = await waitsOrAnswers(second, shelfline.database, '%pg_advisory_xact_lock%');
      await held.release();
      expect(came).toBe('waits');
      expect((await first).json).toMatchObject({ inserted: 1, updated: 1, unchanged: 0 });
      expect((await second).json).toMatchObject({ inserted: 1, updated: 0, unchanged: 1 });
      expect(await stores()).toEqual(['A1', 'B1', 'C1']);
    });
  });

  it('importing five thousand stores twice changes nothing the second time', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `${n % 50},"Store, ${n}",S${n}`);
    const csv = `${HEADER}\n${rows.join('\n')}`;
    expect((await importCsv(csv)).json).toMatchObject({ received: 5000, inserted: 5000 });
    expect((await importCsv(csv)).json).toMatchObject({
      received: 5000,
      unchanged: 5000,
      inserted: 0,
      updated: 0,
    });
  });

  it('stores are searched by area and by a literal part of the name or id', async () => {
    await importCsv(
      `${HEADER}\n1,Blue Door,A1\n1,100% Fresh,A2\n2,Under_score,B1\n2,Back\\slash,B2\n2,blueberry,C1\n`,
    );
    expect(await stores('q=BLUE')).toEqual(['A1', 'C1']);
    expect(await stores('q=%25')).toEqual(['A2']);
    expect(await stores('q=_')).toEqual(['B1']);
    expect(await stores('q=%5C')).toEqual(['B2']);
    expect(await stores('q=b1&area_code=2')).toEqual(['B1']);
    expect(await stores('area_code=1')).toEqual(['A1', 'A2']);
    const page = (await shelfline.get('/api/stores?limit=2&area_code=2')).json;
    expect(await stores(`limit=2&area_code=2&cursor=${page.next_cursor}`)).toEqual(['C1']);
  });

  it('an import keeps the first row of each store, and rejects rows that contradict it', async () => {
    const row = fc.record({
      id: fc.constantFrom('A', 'B', 'C'),
      name: fc.constantFrom('x', 'y', 'x,"y'),
      area: fc.constantFrom('1', '2'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
        async (files) => {
          await shelfline.database.query('TRUNCATE shelfline.store');
          const model = new Map<string, string>();
          for (const rows of files) {
            const expected = {
              received: rows.length,
              inserted: 0,
              updated: 0,
              unchanged: 0,
              rejected_count: 0,
            };
            const first = new Map<string, string>();
            const rejected: number[] = [];
            for (const [index, { id, name, area }] of rows.entries()) {
              const before = model.get(id);
              const now = JSON.stringify([name, area]);
              if ((first.get(id) ?? now) !== now) {
                expected.rejected_count += 1;
                rejected.push(index + 2);
                continue;
              }
              first.set(id, now);
              expected[before === undefined ? 'inserted' : before === now ? 'unchanged' : 'updated'] += 1;
              model.set(id, now);
            }
            const csv = rows
              .map(({ id, name, area }) => `${area},"${name.replaceAll('"', '""')}",${id}\n`)
              .join('');
            const { json } = await importCsv(`${HEADER}\n${csv}`);
            expect(json).toMatchObject(expected);
            expect(json.rejected.map(({ line }: { line: number }) => line)).toEqual(rejected);
          }
          const { items } = (await shelfline.get('/api/stores')).json;
          const held = items.map((store: Record<string, string>) => [
            store['store_id'],
            JSON.stringify([store['store_name'], store['area_code']]),
          ]);
          expect(held).toEqual([...model].toSorted(([a], [b]) => (a < b ? -1 : 1)));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('imports of several callers', () => {
  const [SLOW, OTHER] = ['key-of-a-slow-one', 'key-of-another'];
  let shelfline: TestApplication;
  const uploads: { readonly socket: Socket; readonly timer: NodeJS.Timeout }[] = [];

  beforeAll(async () => {
    shelfline = await TestApplication.start({
      ROLE: 'api',
      API_KEYS: `${SLOW},${OTHER}`,
      IMPORT_STALL_MS: '300',
    });
    await shelfline.database.query('TRUNCATE shelfline.store');
  });

  afterAll(async () => {
    for (const { socket, timer } of uploads) {
      clearInterval(timer);
      socket.destroy();
    }
    await shelfline.close();
  });

  /** Sends more rows than a batch has, and from then on empty lines. Collects what is answered. */
  function trickle(answers: string[], type: string, head: string): void {
    const socket = connect(Number(new URL(shelfline.origin).port), '127.0.0.1').on('error', () => {});
    socket.on('data', (chunk: Buffer) => answers.push(chunk.toString()));
    socket.write(
      `POST /api/stores/import HTTP/1.1\r\nHost: x\r\nX-API-Key: ${SLOW}\r\nContent-Type: ${type}\r\nContent-Length: 10000000\r\n\r\n`,
    );
    socket.write(`${head}${HEADER}\n${'7,Corner,A1\n'.repeat(6000)}`);
    uploads.push({ socket, timer: setInterval(() => socket.write('\n'.repeat(100)), 50) });
  }

  it.each([
    ['file', 'text/csv', ''],
    [
      'form',
      'multipart/form-data; boundary=X',
      '--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
    ],
  ])(
    'imports of others do not wait for one that arrives slowly as a %s, which changes nothing',
    async (_what, type, head) => {
      const answers: string[] = [];
      for (let upload = 0; upload < 20; upload += 1) trickle(answers, type, head);
      await until(async () => {
        const rows = await shelfline.database.query(
          `SELECT 1 FROM pg_class WHERE relname = 'store_import' AND relpersistence = 't'`,
        );
        return rows.length > 0 ? true : undefined;
      }, 'an import that waits for more');
      let imported: Answer | undefined;
      void shelfline
        .post('/api/stores/import', `${HEADER}\n7,Mill,B1\n`, {
          'content-type': 'text/csv',
          'x-api-key': OTHER,
        })
        .then((answer) => (imported = answer));
      const answer = await until(async () => imported, 'the import of another caller');
      expect([answer.status, answer.json.received]).toEqual([200, 1]);
      const refusal = await until(async () => answers[0], 'the answer to the slow one');
      expect(refusal).toMatch(/^HTTP\/1\.1 408 [^]*"code":"body_too_slow"/);
      expect(refusal).toContain('while other imports waited');
      const { items } = (await shelfline.get('/api/stores', { 'x-api-key': OTHER })).json;
      expect(items.map((store: { store_id: string }) => store.store_id)).toEqual(['B1']);
    },
  );
});

describe('the store master of a database that knows no letters beyond ASCII', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start(
      { ROLE: 'api' },
      `TEMPLATE template0 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
  });

  afterAll(async () => {
    await shelfline.close();
  });

  it('stores are searched in any case also in a database that knows only ASCII letters', async () => {
    for (const [id, name] of [
      ['M1', 'MÜNCHEN Ost'],
      ['M2', 'Дом'],
    ])
      await shelfline.send('PUT', `/api/stores/${id}`, { store_name: name, area_code: 'X' });
    const found = async (q: string): Promise<string[]> =>
      (await shelfline.get(`/api/stores?area_code=X&q=${encodeURIComponent(q)}`)).json.items.map(
        (store: Record<string, string>) => store['store_id'],
      );
    expect(await found('münchen')).toEqual(['M1']);
    expect(await found('ДОМ')).toEqual(['M2']);
    expect(await found('m')).toEqual(['M1', 'M2']);
  });
});

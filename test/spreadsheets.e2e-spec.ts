/** Spreadsheets as people save them, sent as they are to a real server: test/fixtures/spreadsheets. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageResultView } from '../src/images/results/result-fields.js';
import { type Answer, TestApplication } from './support/application.js';

interface RightVisit {
  readonly store_id: string;
  readonly image_url: readonly string[];
  readonly visit_time: string;
  readonly reference?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface RightFault {
  readonly row: number | null;
  readonly column: string;
  readonly value: string | null;
}

interface Run {
  readonly query: Readonly<Record<string, string>>;
  readonly answer: 'visits' | 'refused';
  readonly dry_run?: Readonly<Record<string, unknown>>;
  readonly visits?: readonly RightVisit[];
  readonly faults?: readonly RightFault[];
  readonly may_also_name?: readonly number[];
}

interface Case {
  readonly about: string;
  readonly send: 'job' | 'stores';
  readonly runs: readonly Run[];
}

const FOLDER = new URL('fixtures/spreadsheets/', import.meta.url);
const CASES: Readonly<Record<string, Case>> = JSON.parse(
  await readFile(new URL('right-values.json', FOLDER), 'utf8'),
);
const RUNS = Object.entries(CASES)
  .filter(([, { send }]) => send === 'job')
  .flatMap(([file, { runs }]) => runs.map((run): [string, string, Run] => [file, toQuery(run.query), run]));
const ACCEPTED = RUNS.filter(([, , { answer }]) => answer === 'visits');
const REFUSED = RUNS.filter(([, , { answer }]) => answer === 'refused');

function toQuery(
  query: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): string {
  const text = new URLSearchParams({ ...query, ...more }).toString();
  return text === '' ? '' : `?${text}`;
}

/** Where an answer says that a fault is. */
const toPath = ({ row, column }: RightFault): string => (row === null ? column : `Row ${row}: ${column}`);

/** A heading, a key or a value as people compare them. */
const comparable = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, '');

/** The visits of a run, without the rows that they stand in. */
function toVisits({ visits = [] }: Run): RightVisit[] {
  return visits.map(({ store_id, image_url, visit_time, reference, metadata }) => ({
    store_id,
    image_url,
    visit_time,
    ...(reference !== undefined && { reference }),
    ...(metadata !== undefined && { metadata }),
  }));
}

/** Which faults of a run an answer names, and those in rows that have none. A long value may be shortened. */
function toNamed(found: readonly RightFault[], { faults = [], may_also_name = [] }: Run): object {
  const isShown = (value: string | null, shown: string | null | undefined): boolean =>
    value === null ? shown === null : shown?.startsWith(value.replace(/…$/, '')) === true;
  const named = faults.filter(({ row, column, value }) =>
    found.some(
      (each) =>
        each.row === row && comparable(each.column) === comparable(column) && isShown(value, each.value),
    ),
  );
  const rows = new Set([...faults.map(({ row }) => row), ...may_also_name]);
  return { named, others: found.filter(({ row }) => !rows.has(row)) };
}

describe('a spreadsheet', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
    await shelfline.database.query('DELETE FROM shelfline.store');
    await shelfline.database.query(
      `INSERT INTO shelfline.store (store_id, store_name, area_code)
       SELECT 'SHOP-' || lpad(n::text, 2, '0'), 'Shop', '1' FROM generate_series(1, 50) AS n`,
    );
  });

  afterAll(async () => {
    await shelfline.close();
  });

  const send = async (file: string, query: string): Promise<Answer> =>
    shelfline.post(`/api/jobs${query}`, await readFile(new URL(file, FOLDER)), {
      'content-type': 'text/csv',
    });

  async function sendForm(file: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([await readFile(new URL(file, FOLDER))]), file);
    const response = await fetch(`${shelfline.origin}/api/jobs`, { method: 'POST', body: form });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  }

  async function rows(): Promise<unknown[]> {
    return shelfline.database.query(
      'SELECT job::text FROM shelfline.image UNION ALL SELECT job_id FROM shelfline.job',
    );
  }

  /** The status of an answer, and the visits of its job in their order, as the results of its images say. */
  async function kept(answer: Answer): Promise<readonly [number, unknown]> {
    if (answer.status !== 201) return [answer.status, answer.json];
    const { json } = await shelfline.get(`/api/jobs/${answer.json.job_id}/images?limit=1000`);
    const images: readonly ImageResultView[] = json.items;
    const visits = new Map<string, RightVisit & { image_url: string[] }>();
    for (const image of images) {
      const { store_id, visit_time, visit_reference, visit_metadata } = image;
      const visit: RightVisit & { image_url: string[] } = visits.get(image.visit_id) ?? {
        store_id,
        visit_time,
        image_url: [],
        ...(visit_reference !== null && { reference: visit_reference }),
        ...(Object.keys(visit_metadata).length > 0 && { metadata: visit_metadata }),
      };
      visits.set(image.visit_id, visit);
      visit.image_url.push(image.image_url);
    }
    return [answer.status, [...visits.values()]];
  }

  it.each(ACCEPTED)(
    'a spreadsheet becomes the visits that a person means: %s%s',
    async (file, query, run) => {
      expect(await kept(await send(file, query))).toEqual([201, toVisits(run)]);
    },
  );

  it.each(ACCEPTED)('a spreadsheet in a form becomes the same visits: %s%s', async (file, _query, run) => {
    expect(await kept(await sendForm(file, run.query))).toEqual([201, toVisits(run)]);
  });

  it.each(ACCEPTED)(
    'a spreadsheet in a dry run is counted, and not stored: %s%s',
    async (file, _query, run) => {
      const before = await rows();
      const answer = await send(file, toQuery(run.query, { dry_run: 'true' }));
      expect([answer.status, answer.json]).toMatchObject([200, { valid: true, ...run.dry_run }]);
      expect(await rows()).toEqual(before);
    },
  );

  it.each(REFUSED)(
    'a spreadsheet with faults is refused with their cells, and not stored: %s%s',
    async (file, query, run) => {
      const before = await rows();
      const answer = await send(file, query);
      expect(answer.status).toBe(400);
      const places = answer.json.details.map(({ path }: { path: string }) => path);
      expect(places).toEqual(expect.arrayContaining((run.faults ?? []).map(toPath)));
      expect(await rows()).toEqual(before);
    },
  );

  it.each(REFUSED)(
    'a spreadsheet with faults in a dry run is refused with their cells, and not stored: %s%s',
    async (file, _query, run) => {
      const before = await rows();
      const sent = await send(file, toQuery(run.query, { dry_run: 'true' }));
      const form = await sendForm(file, { ...run.query, dry_run: 'true' });
      expect([sent.status, form.status]).toEqual([400, 400]);
      for (const { json } of [sent, form]) {
        expect(toNamed(json.faults, run)).toEqual({ named: run.faults, others: [] });
        expect(json.fault_count).toBe(json.faults.length);
      }
      expect(await rows()).toEqual(before);
    },
  );

  it('the faults of a spreadsheet never show a password in a URL', async () => {
    const answer = await send('no-urls.csv', '?dry_run=true');
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('word@');
  });

  it('a spreadsheet of stores with an unknown column is refused by its heading', async () => {
    const csv = await readFile(new URL('store-manager.csv', FOLDER));
    const answer = await shelfline.post('/api/stores/import', csv, { 'content-type': 'text/csv' });
    expect([answer.status, answer.json.details[0].path]).toEqual([400, 'Row 1: Manager']);
  });

  it('a dry run counts all faults of a spreadsheet, also those that are not listed', async () => {
    const csv = `store_id,image_url,visit_time\n${'SHOP-01,none,2026-11-17T08:00:00Z\n'.repeat(30_000)}`;
    const answer = await shelfline.post('/api/jobs?dry_run=true', csv, { 'content-type': 'text/csv' });
    const { details, fault_count, faults } = answer.json;
    expect([answer.status, details.length, fault_count, faults.length]).toEqual([400, 20, 30_000, 1_000]);
    expect(faults.at(-1)).toEqual({
      row: 1001,
      column: 'image_url',
      value: 'none',
      message: expect.stringContaining('must be a URL'),
    });
  });

  const SHEET = 'Store ID;Image URL;Visit Time';
  const ROW = 'SHOP-01;http://pictures.test/1.jpg;2026-11-17T08:00:00Z';

  it.each([
    [
      'a charset that is named',
      Buffer.from(`${SHEET};Café\n${ROW};é\n`, 'latin1'),
      'windows-1252',
      'Café',
      'é',
    ],
    [
      'UTF-16 in the other order',
      Buffer.from(`\uFEFF${SHEET};Łąka\n${ROW};Ñ\n`, 'utf16le').swap16(),
      'utf-8',
      'Łąka',
      'Ñ',
    ],
    ['a heading that objects have', Buffer.from(`${SHEET};__proto__\n${ROW};x\n`), 'utf-8', '__proto__', 'x'],
    ['cells that are left out', Buffer.from(`${SHEET};A;B\n${ROW};x\n`), 'utf-8', 'A', 'x'],
  ])('a spreadsheet with %s is read', async (_what, csv, charset, key, value) => {
    const answer = await shelfline.post('/api/jobs', csv, { 'content-type': `text/csv; charset=${charset}` });
    expect(answer.status).toBe(201);
    const { json } = await shelfline.get(`/api/jobs/${answer.json.job_id}/images`);
    expect(Object.entries(json.items[0].visit_metadata)).toEqual([[key, value]]);
  });

  it.each([
    ['Row 3: Visit Time', `${SHEET}\n${ROW}\nSHOP-01;http://pictures.test/1.jpg;2026-11-17\n`],
    ['Row 1: Visit tme', `${SHEET.replace('Time', 'tme')}\n${ROW}\n`],
    ['Row 1: Refrence', `${SHEET};Refrence\n${ROW};1\n`],
    ['Row 1: M17', `${SHEET};${Array.from({ length: 17 }, (_, n) => `M${n + 1}`).join(';')}\n${ROW}\n`],
    ['Row 2: D', `${SHEET}\n${ROW};lost\n`],
    ['Row 2: D', `${SHEET};\n${ROW};lost\n`],
    ['Row 2: Note', Buffer.from(`${SHEET};Note\n${ROW};Caf\xe9\n`, 'latin1')],
    [
      'Row 2',
      `${SHEET};${Array.from({ length: 9 }, (_, n) => `M${n}`).join(';')}\n${ROW};${Array(9).fill('x'.repeat(500)).join(';')}\n`,
    ],
  ])('a spreadsheet is refused at %s: %#', async (place, csv) => {
    const answer = await shelfline.post('/api/jobs', csv, { 'content-type': 'text/csv' });
    expect([answer.status, answer.json.details[0]?.path]).toEqual([400, expect.stringContaining(place)]);
  });

  it('a spreadsheet in an unknown charset is refused', async () => {
    const answer = await shelfline.post('/api/jobs', SHEET, { 'content-type': 'text/csv; charset=klingon' });
    expect([answer.status, answer.json.code]).toEqual([415, 'unsupported_charset']);
  });

  it.each(['/api/jobs', '/api/stores/import'])(
    'a form with two spreadsheets is refused: %s',
    async (path) => {
      const [before, stores] = [await rows(), await shelfline.get('/api/stores')];
      const text =
        path === '/api/jobs' ? `${SHEET}\n${ROW}\n` : 'StoreID,StoreName,AreaCode\nSHOP-99,Shop,1\n';
      const form = new FormData();
      for (const name of ['monday.csv', 'tuesday.csv']) form.append('file', new Blob([text]), name);
      const answer = await fetch(`${shelfline.origin}${path}`, { method: 'POST', body: form });
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { details: [{ path: 'file', message: 'must be given once' }] },
      ]);
      expect(await rows()).toEqual(before);
      expect((await shelfline.get('/api/stores')).json).toEqual(stores.json);
    },
  );

  it('a spreadsheet in a form that is invalid behind it is not stored', async () => {
    const before = await rows();
    const form = new FormData();
    form.append('file', new Blob([`${SHEET}\n${ROW}\n`]), 'visits.csv');
    form.append('time_zone', 'Asia/Kolkata');
    const late = await fetch(`${shelfline.origin}/api/jobs`, { method: 'POST', body: form });
    expect([late.status, await late.json()]).toMatchObject([
      400,
      { details: [{ path: 'time_zone', message: 'must stand before the file in the form' }] },
    ]);
    const cut = await shelfline.post(
      '/api/jobs',
      `--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${SHEET}\n${ROW}\n`,
      { 'content-type': 'multipart/form-data; boundary=X' },
    );
    expect([cut.status, cut.json.code]).toEqual([400, 'malformed_form']);
    expect(await rows()).toEqual(before);
  });
});

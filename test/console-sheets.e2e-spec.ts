/** What the console makes of spreadsheets: read as in the browser, checked and submitted on the built server. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createShelflineClient, type ShelflineClient } from 'shelfline-client';
import { checkDraft, getFaultyRows } from '../console/src/new-job/check.js';
import { changeDraft, createDraft, type Draft, getRows } from '../console/src/new-job/draft.js';
import { toCsv } from '../console/src/new-job/to-csv.js';
import { readFile as readSheet } from '../console/src/sheet/read-file.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';

interface RightVisit {
  readonly rows: readonly number[];
  readonly store_id: string;
  readonly image_url: readonly string[];
  readonly visit_time: string;
  readonly reference?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}
interface Run {
  readonly query: { readonly time_zone?: string };
  readonly after?: string;
  readonly answer: 'visits' | 'refused';
  readonly visits?: readonly RightVisit[];
  readonly faults?: readonly { readonly row: number; readonly column: string }[];
}

const WORKBOOKS = new URL('fixtures/workbooks/', import.meta.url);
const CSVS = new URL('fixtures/spreadsheets/', import.meta.url);
const RIGHT: Readonly<Record<string, { readonly runs: readonly Run[] }>> = JSON.parse(
  await readFile(new URL('right-values.json', WORKBOOKS), 'utf8'),
);

describe('a spreadsheet in the console', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let client: ShelflineClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await ServerProcess.start({ DATABASE_URL: database.url, ROLE: 'api' });
    client = createShelflineClient({ origin: server.origin });
  });

  afterAll(async () => {
    await server.kill('SIGKILL');
    await database.drop();
  });

  async function open(file: URL, zone = 'Asia/Kolkata'): Promise<Draft> {
    const name = file.pathname.split('/').at(-1) ?? '';
    const draft = createDraft(await readSheet(name, new Uint8Array(await readFile(file))));
    return changeDraft(draft, { type: 'set', values: { timeZone: zone } });
  }

  /** Submits what is not faulty, and reads the visits back in the order of the sheet. */
  async function submit(draft: Draft): Promise<object[]> {
    const excluded = getFaultyRows(await checkDraft(client, draft));
    const { job_id: jobId } = await client.jobs.submitFile(
      { type: 'text/csv', content: toCsv(draft, excluded).text },
      { time_zone: draft.timeZone },
    );
    const visits = await Array.fromAsync(client.visits.list({ job_id: jobId }));
    return visits
      .map(({ store_id, visit_time, reference, metadata, images }) => ({
        store_id,
        visit_time,
        reference,
        metadata,
        image_url: images.map((image) => image.image_url),
      }))
      .toSorted((one, other) => one.store_id.localeCompare(other.store_id));
  }

  const cases = Object.entries(RIGHT).flatMap(([file, { runs }]) =>
    runs
      // Here both columns are matched by themselves.
      .filter(({ after }) => after !== 'only "Visit Time" is matched')
      .map((run): [string, Run] => [file, run]),
  );

  it.each(cases.filter(([, { answer }]) => answer === 'refused'))('%s has faults', async (file, run) => {
    const draft = await open(new URL(file, WORKBOOKS), run.query.time_zone);
    const { faults } = await checkDraft(client, draft);
    expect(new Set(faults.map(({ row }) => row))).toEqual(new Set(run.faults?.map(({ row }) => row)));
  });

  it.each(cases.filter(([, { answer }]) => answer === 'visits'))('%s becomes visits', async (file, run) => {
    const draft = await open(new URL(file, WORKBOOKS), run.query.time_zone);
    const right = run.visits?.map(({ rows: _rows, ...visit }) => ({
      reference: null,
      metadata: {},
      ...visit,
    }));
    expect(await submit(draft)).toEqual(right);
  });

  it('names a time without its date beside its row, where only the time is matched', async () => {
    const both = await open(new URL('date-and-time-columns.xlsx', WORKBOOKS));
    const date = both.table.columns.findIndex(({ heading }) => heading === 'Visit Date');
    const time = both.table.columns.findIndex(({ heading }) => heading === 'Visit Time');
    const withoutDate = changeDraft(both, { type: 'field', column: date, field: 'metadata' });
    const draft = changeDraft(withoutDate, { type: 'field', column: time, field: 'visit_time' });
    const { faults, good } = await checkDraft(client, draft);
    expect(faults.map(({ row, column }) => [row, column])).toEqual([
      [2, 'visit_time'],
      [3, 'visit_time'],
    ]);
    expect(good).toBeUndefined();
  });

  it('finds the header below a title and says which rows are hidden', async () => {
    expect((await open(new URL('title-and-totals.xlsx', WORKBOOKS))).table.headerRow).toBe(3);
    const filtered = await open(new URL('filtered-rows.xlsx', WORKBOOKS));
    expect(filtered.table.rows.filter(({ isHidden }) => isHidden).map(({ number }) => number)).toEqual([4]);
    expect(filtered.table.columns.filter(({ isHidden }) => isHidden)).toMatchObject([
      { heading: 'Cost centre' },
    ]);
    const visible = changeDraft(filtered, { type: 'set', values: { withHiddenRows: false } });
    expect(getRows(visible).map(({ number }) => number)).toEqual([2, 3, 5]);
  });

  it('reads the columns of a CSV as the server does', async () => {
    const draft = await open(new URL('semicolons.csv', CSVS));
    expect(await submit(draft)).toMatchObject([
      { store_id: 'SHOP-02', reference: 'V-1001', visit_time: '2026-11-17T11:36:00.000Z' },
      { store_id: 'SHOP-03', reference: 'V-1002', visit_time: '2026-11-17T13:00:00.000Z' },
      { store_id: 'SHOP-04', reference: 'V-1003', visit_time: '2026-11-18T03:35:00.000Z' },
    ]);
  });

  it.each(['unicode-text.csv', 'sep-line.csv'])(
    'counts the rows of %s as the spreadsheet does',
    async (file) => {
      const draft = await open(new URL(file, CSVS));
      const { faults, good } = await checkDraft(client, draft);
      expect(faults).toEqual([]);
      expect(good?.visits).toBe(2);
      expect(draft.table.rows[0]?.number).toBe(2);
    },
  );

  it('reads dates in the order that other rows prove, and asks where none does', async () => {
    const draft = await open(new URL('slash-dates.csv', CSVS));
    expect(await submit(draft)).toMatchObject([
      { visit_time: '2026-11-17T11:36:00.000Z' },
      { visit_time: '2026-04-03T04:30:00.000Z' },
      { visit_time: '2026-11-17T11:36:00.000Z' },
      { visit_time: '2026-12-11T03:45:00.000Z' },
      {},
    ]);
    const unproven = changeDraft(
      createDraft(
        await readSheet(
          'a.csv',
          Buffer.from('store_id,image_url,visit_time\nS1,http://a/1,03/04/2026 10:00\n'),
        ),
      ),
      { type: 'set', values: { timeZone: 'UTC' } },
    );
    expect((await checkDraft(client, unproven)).faults).toMatchObject([{ row: 2, column: 'visit_time' }]);
    const chosen = changeDraft(unproven, { type: 'order', order: 'month_first' });
    expect(await submit(chosen)).toMatchObject([{ visit_time: '2026-03-04T10:00:00.000Z' }]);
  });

  it('puts several columns of photos into one visit', async () => {
    const text =
      'Store,Time of visit,Photo 1,Photo 2,Visit\nS1,2026-11-17T10:00:00Z,http://a/1,http://a/2,x\nS1,2026-11-17T10:00:00Z,http://a/3,,y\n';
    const sheet = await readSheet('several.csv', Buffer.from(text.replace('Time of visit', 'Visit time')));
    expect(await submit(createDraft(sheet))).toMatchObject([
      { image_url: ['http://a/3'] },
      { image_url: ['http://a/1', 'http://a/2'] },
    ]);
  });

  it('mends a cell, and leaves out what is not mended', async () => {
    const text = 'store_id,image_url,visit_time\nS1,http://a/1,soon\n,http://a/2,2026-11-17T10:00:00Z\n';
    const draft = createDraft(await readSheet('faulty.csv', Buffer.from(text)));
    expect((await checkDraft(client, draft)).good).toBeUndefined();
    const mended = changeDraft(draft, {
      type: 'edit',
      row: 2,
      column: 'visit_time',
      text: '2026-11-17T10:00:00Z',
    });
    const { faults, good } = await checkDraft(client, mended);
    expect(faults).toMatchObject([{ row: 3, column: 'store_id' }]);
    expect(good).toEqual({ visits: 1, images: 1 });
  });

  it('keeps headings that are those of the API, or stand twice, apart', async () => {
    const text =
      'Shop,Link,Visit time,Visits,Remark,Remark\nS1,http://a/1,2026-11-17T10:00:00Z,3,good,late\n';
    const draft = createDraft(await readSheet('headings.csv', Buffer.from(text)));
    expect((await checkDraft(client, draft)).faults).toEqual([]);
    expect(await submit(draft)).toMatchObject([
      { metadata: { Visits: '3', Remark: 'good', 'Remark (2)': 'late' } },
    ]);
  });

  it('refuses what is no spreadsheet, and says what to do', async () => {
    await expect(readSheet('a.pdf', Buffer.from('%PDF-1.7'))).rejects.toThrow('This is a PDF');
    await expect(readSheet('a.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).rejects.toThrow(
      'Save it as .xlsx',
    );
    await expect(readSheet('a.xlsx', Buffer.from('PK\x03\x04broken'))).rejects.toThrow('cannot be read');
  });
});

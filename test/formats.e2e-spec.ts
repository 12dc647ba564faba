import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import exceljs from 'exceljs';
import readExcelFile from 'read-excel-file/node';
import { TestApplication } from './support/application.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe('lists as files', () => {
  let shelfline: TestApplication;
  let jobId: string;
  let visitId: string;

  /** The images are as the statements say. Nothing is fetched. */
  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
    await shelfline.send('PUT', '/api/stores/0007', '{"store_name":"=Corner","area_code":"010"}');
    jobId = await shelfline.submit(
      [
        {
          store_id: '0007',
          image_url: ['http://h/a.jpg', 'http://h/b.jpg'],
          visit_time: '2024-11-16T12:00:00Z',
          reference: 'R-1',
          metadata: { agent: 'Ana' },
        },
        { store_id: 'NONE', image_url: ['http://h/c.jpg'], visit_time: '2024-11-17T12:00:00Z' },
      ],
      { reference: 'Week 46' },
    );
    await shelfline.database.query(
      `UPDATE shelfline.image
          SET status = 'succeeded', width = 2, height = 3, perimeter = 10, attempts = 1, processed_at = now(),
              analysis = '{"exif":{"capture_time":"2024-11-16T11:59:30.000Z","capture_delay_seconds":-30,"latitude":-12.5}}'
        WHERE seq = 0`,
    );
    const { json } = await shelfline.get(`/api/jobs/${jobId}/images?limit=1`);
    visitId = json.items[0].visit_id;
    await shelfline.send(
      'PUT',
      `/api/visits/${visitId}/review`,
      '{"state":"needs_attention","note":"-shelf"}',
    );
  });

  afterAll(async () => {
    await shelfline.close();
  });

  /** The first sheet of a workbook, by two readers that know nothing of each other. */
  async function readSheet(path: string): Promise<Record<string, unknown>[]> {
    const answer = await fetch(shelfline.origin + path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, XLSX]);
    const file = Buffer.from(await answer.arrayBuffer());
    const [sheet] = await readExcelFile(file);
    const [header = [], ...rows] = sheet?.data ?? [];
    const workbook = new exceljs.Workbook();
    // The types of exceljs have a Buffer of their own, which is that of an older Node.
    await workbook.xlsx.load(file as unknown as exceljs.Buffer);
    expect(workbook.worksheets[0]?.rowCount).toBe(rows.length + 1);
    rows.forEach((row, index) => {
      const found = workbook.worksheets[0]?.getRow(index + 2);
      const numbers = (cells: readonly unknown[]): unknown[] =>
        cells.filter((cell) => typeof cell === 'number');
      expect(numbers(header.map((_, column) => found?.getCell(column + 1).value))).toEqual(numbers(row));
    });
    return rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column]])));
  }

  const images = (query = ''): string => `/api/jobs/${jobId}/images${query}`;

  it('CSV that a link asks for has a byte order mark and a file name', async () => {
    const answer = await shelfline.get(images('?format=csv'));
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="images-${jobId}.csv"`);
    // The Fetch API drops the mark when it decodes a body.
    const bytes = new Uint8Array(await (await fetch(shelfline.origin + images('?format=csv'))).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  it('CSV that a program asks for by its Accept header has no byte order mark', async () => {
    const answer = await fetch(shelfline.origin + images(), { headers: { accept: 'text/csv' } });
    expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer())).toMatch(
      /^image_id,/,
    );
    expect(answer.headers.get('content-disposition')).toContain(`images-${jobId}.csv`);
  });

  it('a row of results has its job, store, visit, review and EXIF values', async () => {
    const { text } = await shelfline.get(images(), { accept: 'text/csv' });
    const [first, , third] = parse(text, { columns: true }) as Record<string, string>[];
    expect(first).toMatchObject({
      job_id: jobId,
      job_reference: 'Week 46',
      store_name: "'=Corner",
      area_code: '010',
      visit_id: visitId,
      visit_reference: 'R-1',
      visit_metadata: '{"agent":"Ana"}',
      review_state: 'needs_attention',
      review_note: "'-shelf",
      review_outdated: 'false',
      capture_time: '2024-11-16T11:59:30.000Z',
      capture_delay_seconds: '-30',
      latitude: '-12.5',
      camera: '',
    });
    expect(third).toMatchObject({ store_name: '', area_code: '', review_state: '', capture_time: '' });
  });

  it('times are local times of the zone that is asked for', async () => {
    const { text } = await shelfline.get(images('?time_zone=Asia/Kolkata'), { accept: 'text/csv' });
    const [first] = parse(text, { columns: true }) as Record<string, string>[];
    expect(first).toMatchObject({
      visit_time: '2024-11-16T17:30:00.000+05:30',
      capture_time: '2024-11-16T17:29:30.000+05:30',
      time_zone: 'Asia/Kolkata',
    });
    const [row] = await readSheet(images('?format=xlsx&time_zone=Asia/Kolkata'));
    expect(row).toMatchObject({
      visit_time: new Date('2024-11-16T17:30:00.000Z'),
      time_zone: 'Asia/Kolkata',
    });
  });

  it('an XLSX file of results has numbers, dates and text, and no cell is a formula', async () => {
    const rows = await readSheet(images('?format=xlsx'));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      store_id: '0007',
      store_name: '=Corner',
      image_url: 'http://h/a.jpg',
      width: 2,
      perimeter: 10,
      visit_time: new Date('2024-11-16T12:00:00.000Z'),
      latitude: -12.5,
      capture_delay_seconds: -30,
      review_note: '-shelf',
      time_zone: 'UTC',
    });
    expect(rows[2]).toMatchObject({ status: 'skipped', error_code: 'unknown_store', store_name: null });
  });

  it('an XLSX file has the rows that match the filter alone', async () => {
    expect(await readSheet(images('?format=xlsx&status=succeeded'))).toHaveLength(1);
    expect(await readSheet(images('?format=xlsx&store_id=0008'))).toEqual([]);
  });

  it('visits come as CSV and XLSX with the counts of their images and their reviews', async () => {
    const expected = [
      {
        store_id: 'NONE',
        status: 'unknown_store',
        images: 1,
        skipped: 1,
        errors: expect.stringContaining('no store NONE'),
      },
      {
        visit_id: visitId,
        store_id: '0007',
        reference: 'R-1',
        status: 'ongoing',
        images: 2,
        succeeded: 1,
        pending: 1,
        review_state: 'needs_attention',
      },
    ];
    const rows = await readSheet(`/api/visits?format=xlsx&job_id=${jobId}`);
    expect(rows).toEqual(expected.map((row) => expect.objectContaining(row)));
    const { text } = await shelfline.get(`/api/visits?format=csv&job_id=${jobId}`);
    const csv = parse(text, { columns: true, bom: true }) as Record<string, string>[];
    expect(csv.map(({ store_id, images: count }) => [store_id, count])).toEqual([
      ['NONE', '1'],
      ['0007', '2'],
    ]);
  });

  it('jobs come as CSV, XLSX and NDJSON', async () => {
    const [row] = await readSheet('/api/jobs?format=xlsx');
    expect(row).toMatchObject({
      job_id: jobId,
      reference: 'Week 46',
      status: 'ongoing',
      visits: 2,
      images: 3,
    });
    const { text, headers } = await shelfline.get('/api/jobs?format=ndjson');
    expect(headers.get('content-disposition')).toBe('attachment; filename="jobs.ndjson"');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).job_id),
    ).toEqual([jobId]);
  });

  it('a file of stores can be imported again and changes nothing', async () => {
    await shelfline.send(
      'PUT',
      '/api/stores/0008',
      '{"store_name":"Fern, \\"Moss\\"","area_code":"011","latitude":1.5,"longitude":-2.25,"radius_meters":80}',
    );
    const file = await fetch(`${shelfline.origin}/api/stores?format=csv&area_code=011`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="stores-011.csv"');
    const imported = await fetch(`${shelfline.origin}/api/stores/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: await file.arrayBuffer(),
    });
    expect(await imported.json()).toMatchObject({ received: 1, unchanged: 1, rejected_count: 0 });
    expect(await readSheet('/api/stores?format=xlsx&area_code=011')).toEqual([
      {
        store_id: '0008',
        store_name: 'Fern, "Moss"',
        area_code: '011',
        latitude: 1.5,
        longitude: -2.25,
        radius_meters: 80,
      },
    ]);
  });

  it.each([
    ['format=pdf', 'format'],
    ['format=csv&time_zone=IST', 'time_zone'],
  ])('a wrong form or zone is named (%s)', async (query, path) => {
    const { status, json } = await shelfline.get(images(`?${query}`));
    expect([status, json.details[0].path]).toEqual([400, path]);
  });

  it('the parameters of another page have no effect on a file', async () => {
    const { text } = await shelfline.get(images('?format=ndjson&limit=1'));
    expect(text.trim().split('\n')).toHaveLength(3);
  });

  it('HEAD answers with the headers alone', async () => {
    const answer = await fetch(shelfline.origin + images('?format=xlsx'), { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, XLSX]);
  });

  // It takes some seconds, because a sheet holds a million rows.
  it('an XLSX file with more rows than a sheet holds is refused before its first byte', async () => {
    await shelfline.database.query(
      `INSERT INTO shelfline.store (store_id, store_name, area_code)
       SELECT 'M' || n, 'many', 'many' FROM generate_series(1, 1048576) AS n`,
    );
    const { status, json } = await shelfline.get('/api/stores?format=xlsx&area_code=many');
    expect([status, json.code]).toEqual([400, 'too_many_rows']);
    expect(json.error).toContain('1,048,575 rows');
  }, 60_000);
});

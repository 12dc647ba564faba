import { describe, expect, it } from '@jest/globals';
import exceljs from 'exceljs';
import readExcelFile from 'read-excel-file/node';
import { column, type Table, timeColumn } from './table.js';
import { MAX_XLSX_ROWS, writeXlsx } from './xlsx-writer.js';

interface Row {
  readonly text: string | null;
  readonly number: number | null;
  readonly at: string | null;
  readonly flag: boolean | null;
}

const TABLE: Table<Row> = {
  columns: [
    column('text', (row) => row.text),
    column('number', (row) => row.number),
    timeColumn('at', (row) => row.at),
    column('flag', (row) => row.flag),
  ],
  toJson: (row) => row,
  countCharacters: () => 0,
};

const row = (text: string | null, rest: Partial<Row> = {}): Row => ({
  text,
  number: null,
  at: null,
  flag: null,
  ...rest,
});

async function write(rows: readonly Row[], timeZone?: string): Promise<Buffer> {
  const groups = (async function* () {
    yield rows;
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of await writeXlsx(TABLE, groups, { sheetName: 'images', timeZone }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The cells of each row, read by exceljs. */
async function read(file: Buffer): Promise<unknown[][]> {
  const workbook = new exceljs.Workbook();
  // The types of exceljs have a Buffer of their own, which is that of an older Node.
  await workbook.xlsx.load(file as unknown as exceljs.Buffer);
  const [sheet] = workbook.worksheets;
  const rows: unknown[][] = [];
  sheet?.eachRow((found) => rows.push(TABLE.columns.map((_, index) => found.getCell(index + 1).value)));
  return rows;
}

describe('an XLSX file', () => {
  it('has a header, and the values that two independent readers find', async () => {
    const file = await write([
      row('007', { number: -5.25, at: '2026-11-17T12:00:00.000Z', flag: true }),
      row('=SUM(A1)', { number: 0, flag: false }),
      row('https://photos.example.com/a.jpg'),
      row('Größe 北京 😀 " & <b>'),
      row(null),
    ]);
    const expected = [
      ['text', 'number', 'at', 'flag', 'time_zone'],
      ['007', -5.25, new Date('2026-11-17T12:00:00.000Z'), true, 'UTC'],
      ['=SUM(A1)', 0, null, false, 'UTC'],
      ['https://photos.example.com/a.jpg', null, null, null, 'UTC'],
      ['Größe 北京 😀 " & <b>', null, null, null, 'UTC'],
      [null, null, null, null, 'UTC'],
    ];
    expect((await read(file)).map((cells) => cells.slice(0, 4))).toEqual(
      expected.map((cells) => cells.slice(0, 4)),
    );
    const [sheet] = await readExcelFile(file);
    expect(sheet?.data).toEqual(expected);
  });

  it('shows times of a zone as its wall time, and names the zone', async () => {
    const file = await write([row('a', { at: '2026-11-17T11:36:00.000Z' })], 'Asia/Kolkata');
    const [sheet] = await readExcelFile(file);
    expect(sheet?.data[1]).toEqual(['a', null, new Date('2026-11-17T17:06:00.000Z'), null, 'Asia/Kolkata']);
  });

  it('shows a time before 1900, which Excel does not know, as text', async () => {
    const [, cells] = await read(await write([row('a', { at: '0001-01-01T00:00:00.000Z' })]));
    expect(cells?.[2]).toBe('0001-01-01T00:00:00.000');
  });

  it('leaves out characters that XML does not allow', async () => {
    const [, cells] = await read(await write([row('a\u0000b\u0008c\u001bd\ufffee\ud800f')]));
    expect(cells?.[0]).toBe('abcde\ufffdf');
  });

  it('keeps text that looks like the code of a character', async () => {
    const [sheet] = await readExcelFile(await write([row('_x0041_ and _X000d_')]));
    expect(sheet?.data[1]?.[0]).toBe('_x0041_ and _X000d_');
  });

  it('says so where a text is too long for a cell', async () => {
    const [, cells] = await read(await write([row('x'.repeat(40_000)), row('y'.repeat(32_767))]));
    const text = String(cells?.[0]);
    expect(text).toHaveLength(32_767);
    expect(text).toMatch(/^x{32000}x+… \(cut: the CSV file has all 40000 characters\)$/);
  });

  it('has room for all rows of a sheet but the header', () => {
    expect(MAX_XLSX_ROWS).toBe(2 ** 20 - 1);
  });
});

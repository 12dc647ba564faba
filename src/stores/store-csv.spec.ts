import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiError } from '../http/errors/api-error.js';
import { readStoreCsv, type StoreRow } from './store-csv.js';

const HEADER = 'AreaCode,StoreName,StoreID';

async function toRows(source: Readable): Promise<StoreRow[]> {
  const rows: StoreRow[] = [];
  for await (const row of readStoreCsv(source)) rows.push(row);
  return rows;
}

/** The rows of a file that arrives in these pieces. */
const read = (...chunks: (string | Buffer)[]): Promise<StoreRow[]> =>
  toRows(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

/** The names of the stores in a file. */
async function names(...rows: string[]): Promise<unknown[]> {
  return (await read([HEADER, ...rows].join('\n'))).map((row) =>
    'store' in row ? row.store.store_name : row.error,
  );
}

/** `400 malformed_csv: sentence` */
async function refusal(...chunks: (string | Buffer)[]): Promise<string> {
  return read(...chunks).then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof ApiError) return `${error.getStatus()} ${error.code}: ${error.message}`;
      throw error;
    },
  );
}

describe('a store master', () => {
  const store = { store_id: 'S1', store_name: 'Corner', area_code: '7' };

  it.each([
    [`${HEADER}\n7,Corner,S1`],
    [`${HEADER}\n7,Corner,S1\n`],
    [`${HEADER}\r\n7,Corner,S1\r\n`],
    [`\uFEFF${HEADER}\n7,Corner,S1\n`],
    [`\uFEFFStoreID,AreaCode,StoreName\r\nS1,7,Corner`],
    [`StoreName,StoreID,AreaCode\nCorner,S1,7`],
    [`area code;STORE_NAME;Store-ID\n7;Corner;S1`],
    [`sep=;\nAreaCode;StoreName;StoreID\r\n7;Corner;S1\r\n`],
    [`AreaCode\tStoreName\tStoreID\r7\tCorner\t\u200BS1\u00A0\r`],
    [` AreaCode , StoreName,StoreID \n 7 ,  Corner\t, S1`],
    [`\uFEFF"AreaCode","StoreName","StoreID"\n7,Corner,S1`],
    [`"AreaCode","StoreName","StoreID"\n"7","Corner","S1"`],
  ])('is read from %j', async (text) => {
    expect(await read(text)).toEqual([{ row: 2, store }]);
  });

  it.each([
    ['7,"Corner, the old one",S1', 'Corner, the old one'],
    ['7,"The ""Corner""",S1', 'The "Corner"'],
    ['7,The "Corner",S1', 'The "Corner"'],
    ['7,"The" Corner,S1', '"The" Corner'],
    ["7,Mary's,S1", "Mary's"],
    ['7,Łódź 日本 😀,S1', 'Łódź 日本 😀'],
    ['7,=1+1,S1', '=1+1'],
    ['7,"Two\nlines",S1', 'StoreName must hold no control characters and no lone surrogates'],
    ['7,,S1', 'StoreName must have 1 to 200 characters'],
    [`7,${'x'.repeat(201)},S1`, 'StoreName must have 1 to 200 characters'],
    [',Corner,S1', 'AreaCode must have 1 to 64 characters'],
    ['7,Corner,', 'StoreID must have 1 to 64 characters'],
    ['7,Corner', 'StoreID must have 1 to 64 characters'],
    ['7,Corner,S1,', 'Corner'],
    [
      '7,Corner,S1,x',
      'Column D has no heading and holds text: put a cell that holds the separator in quotes',
    ],
    ['7', 'StoreName must have 1 to 200 characters'],
  ])('has in the row %j the store or the fault %j', async (row, said) => {
    expect(await names(row)).toEqual([said]);
  });

  it('goes on after a row that is none, and tells its row', async () => {
    const rows = await read(`${HEADER}\n7,A,S1\n\n8,,S2\n\n\n9,B,S3\n`);
    expect(rows.map(({ row: number, ...row }) => [number, Object.keys(row)[0]])).toEqual([
      [2, 'store'],
      [4, 'error'],
      [7, 'store'],
    ]);
  });

  it('is read as a spreadsheet with semicolons writes it, empty rows and zeros in front included', async () => {
    const csv =
      '\uFEFFAreaCode;StoreName;StoreID;\r\n0071;"Kiosk ""Am Tor"", groß";S1;\r\n;;;\r\n0072;Ohne Ort; S2\u200B;\r\n;;;\r\n';
    expect(await read(csv)).toEqual([
      { row: 2, store: { area_code: '0071', store_name: 'Kiosk "Am Tor", groß', store_id: 'S1' } },
      { row: 4, store: { area_code: '0072', store_name: 'Ohne Ort', store_id: 'S2' } },
    ]);
  });

  it('may have no rows', async () => {
    expect(await read(HEADER)).toEqual([]);
  });

  it('tells each row as a spreadsheet counts it, whatever breaks are in quotes and however it is cut', async () => {
    const aRow = fc.record({
      breaks: fc.nat({ max: 3 }),
      blank: fc.nat({ max: 2 }),
      columns: fc.integer({ min: 2, max: 4 }),
    });
    const aFile = fc.record({
      rows: fc.array(aRow, { maxLength: 8 }),
      end: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\uFEFF'),
      size: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(aFile, async ({ rows, end, mark, size }) => {
        let text = mark + HEADER + end;
        let line = 2;
        const lines: number[] = [];
        for (const { breaks, blank, columns } of rows) {
          text += `7,"é${end.repeat(breaks)}b"${',x'.repeat(columns - 2)}${end}${end.repeat(blank)}`;
          lines.push(line);
          line += 1 + blank;
        }
        const bytes = Buffer.from(text);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect((await read(...chunks)).map((row) => row.row)).toEqual(lines);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a file that is no store master', () => {
  it.each([
    [
      '',
      'AreaCode is missing: the columns AreaCode, StoreName, StoreID are required; found: nothing (and 2 more)',
    ],
    [
      '\n\n',
      'AreaCode is missing: the columns AreaCode, StoreName, StoreID are required; found: nothing (and 2 more)',
    ],
    [
      'AreaCode,StoreName',
      'StoreID is missing: the columns AreaCode, StoreName, StoreID are required; found: AreaCode, StoreName',
    ],
    [
      'AreaCode,StoreName,StoreID,Extra\n',
      'Extra is no column of a store master: the columns are AreaCode, StoreName, StoreID, Latitude, Longitude, RadiusMeters',
    ],
    [
      'AreaCode,StoreName,StoreName,StoreID\n',
      'StoreName is the heading of the columns B and C: rename one of them',
    ],
    [
      'AreaCode,StoreNam,StoreID\n',
      'StoreNam is almost the column StoreName: write StoreName, or rename the column',
    ],
  ])('is refused by its first line: %j', async (text, found) => {
    expect(await refusal(text)).toBe(`400 bad_header: Row 1: ${found}.`);
  });

  it('is refused where a quote is never closed, naming the first line of the row in which it opens', async () => {
    const open = `${HEADER}\n7,A,S1\n8,"B,S2\n${'9,C,S3\n'.repeat(5)}`;
    expect(await refusal(open)).toBe(
      '400 malformed_csv: Row 3 is not CSV: a quote in it is never closed (column StoreName).',
    );
    const endless = `${HEADER}\n7,A,S1\n8,"B,S2\n${'9,C,S3\n'.repeat(20_000)}`;
    expect(await refusal(endless)).toBe(
      '400 malformed_csv: Row 3 is longer than 65536 bytes, or a quote in it is never closed (column StoreName).',
    );
  });

  it.each([
    ['Latin-1', Buffer.from(`${HEADER}\n7,Caf\xe9,S1\n`, 'latin1'), 2],
    ['UTF-8 that is cut short', Buffer.from(`${HEADER}\n7,é`).subarray(0, -1), 2],
    ['a surrogate', Buffer.concat([Buffer.from(`${HEADER}\n7,`), Buffer.from('eda080', 'hex')]), 2],
  ])('is refused in %s', async (_encoding, bytes, line) => {
    const refused = expect.stringMatching(`^400 malformed_csv: Row ${line} holds bytes that are not UTF-8`);
    expect(await refusal(bytes)).toEqual(refused);
    expect(await refusal(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(refused);
  });

  it('fails with what its source fails with', async () => {
    const broken = new Error('the upload broke off');
    const source = Readable.from(
      (function* pieces() {
        yield Buffer.from(`${HEADER}\n7,A,S1\n`);
        throw broken;
      })(),
    );
    await expect(toRows(source)).rejects.toBe(broken);
  });
});

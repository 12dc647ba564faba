import { describe, expect, it } from '@jest/globals';
import { CsvWriter } from './csv-writer.js';
import { column, type Table, timeColumn } from './table.js';

interface Row {
  readonly text: string;
  readonly number: number | null;
  readonly at: string | null;
}

const TABLE: Table<Row> = {
  columns: [
    column('text', (row) => row.text),
    column('number', (row) => row.number),
    timeColumn('at', (row) => row.at),
  ],
  toJson: (row) => row,
  countCharacters: () => 0,
};

const write = (rows: readonly Row[], timeZone?: string, hasMark = false): string => {
  const writer = new CsvWriter(TABLE, { timeZone, hasMark });
  return writer.header() + writer.rows(rows);
};

describe('a CSV file', () => {
  it('makes formulas harmless and keeps negative numbers', () => {
    expect(write([{ text: '=SUM(A1)', number: -5, at: null }])).toBe("text,number,at\n'=SUM(A1),-5,\n");
  });

  it('begins with a byte order mark only if it is asked for', () => {
    expect(write([], undefined, true)).toBe('\ufefftext,number,at\n');
    expect(write([])).toBe('text,number,at\n');
  });

  it('shows times in UTC', () => {
    expect(write([{ text: 'a', number: null, at: '2026-11-17T11:36:00.250Z' }])).toContain(
      'a,,2026-11-17T11:36:00.250Z\n',
    );
  });

  it.each([
    ['Asia/Kolkata', '2026-11-17T11:36:00.250Z', '2026-11-17T17:06:00.250+05:30'],
    ['America/New_York', '2026-11-01T05:30:00.000Z', '2026-11-01T01:30:00.000-04:00'],
    ['America/New_York', '2026-11-01T06:30:00.000Z', '2026-11-01T01:30:00.000-05:00'],
    ['UTC', '2026-11-17T11:36:00.250Z', '2026-11-17T11:36:00.250+00:00'],
  ])('shows times of %s with their offset and names the zone', (zone, moment, expected) => {
    expect(write([{ text: 'a', number: null, at: moment }], zone)).toBe(
      `text,number,at,time_zone\na,,${expected},${zone}\n`,
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { CsvFault, CsvParser, type CsvRow } from './csv-parser.js';

const LIMITS = { maxBytes: 65_536, maxColumns: 64 };

/** The rows of a text that comes in pieces of this many characters. */
function toRows(text: string, size = text.length, limits = LIMITS): CsvRow[] {
  const parser = new CsvParser(limits);
  const rows: CsvRow[] = [];
  for (let at = 0; at < text.length; at += size) rows.push(...parser.parse(text.slice(at, at + size)));
  return [...rows, ...parser.end()];
}

function toFault(text: string, size?: number, limits = LIMITS): string {
  try {
    return `accepted as ${toRows(text, size, limits).length} rows`;
  } catch (error) {
    if (error instanceof CsvFault) return `row ${error.place.row}: ${error.message}`;
    throw error;
  }
}

const NEVER_CLOSED = 'a quote in it is never closed';

function readByUs(csv: string, size: number): unknown {
  const fault = toFault(csv, size);
  return fault.endsWith(NEVER_CLOSED) ? NEVER_CLOSED : toRows(csv, size).map(({ record }) => record);
}

function readByCsvParse(csv: string): unknown {
  try {
    return parse(csv, { relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  } catch {
    // With these options nothing else is a fault.
    return NEVER_CLOSED;
  }
}

describe('rows of CSV', () => {
  it('are those that csv-parse reads, however the text is cut', () => {
    const text = fc
      .array(fc.constantFrom('a', 'bc', ',', ',', '"', '"', '""', '\n', ' ', 'é', '=', "'"), {
        maxLength: 30,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 31 }), (csv, size) => {
        expect(readByUs(csv, size)).toEqual(readByCsvParse(csv));
      }),
      { numRuns: 5_000 },
    );
  });

  it('count as in a spreadsheet: empty ones too, and one whose cells hold line breaks once', () => {
    expect(toRows('a,b\n1,"2\n\n"\n\n3,4')).toEqual([
      { row: 1, record: ['a', 'b'] },
      { row: 2, record: ['1', '2\n\n'] },
      { row: 4, record: ['3', '4'] },
    ]);
  });

  it('have a maximum number of columns, and a longer row is never in memory', () => {
    const row = (columns: number): string => `a\n${','.repeat(columns - 1)}\n`;
    expect(toRows(row(64))[1]?.record).toHaveLength(64);
    expect(toFault(row(65))).toBe('row 2: has more than 64 columns');
    expect(toFault(','.repeat(65))).toBe('row 1: has more than 64 columns');
    expect(toFault(`a\n\n"\n"\n\n${row(65).slice(2)}`)).toBe('row 5: has more than 64 columns');
    const parser = new CsvParser(LIMITS);
    expect(() => parser.parse(','.repeat(65))).toThrow('has more than 64 columns');
    for (const size of [1, 7, 64, 65]) expect(toFault(','.repeat(1000), size)).toContain('64 columns');
    expect(toFault('"",'.repeat(65))).toContain('64 columns');
    expect(toFault('"\n",'.repeat(65))).toContain('64 columns');
  });

  it.each([1, 5, 1000])('have a maximum number of bytes, with commas and quotes (cut to %d)', (size) => {
    const limits = { maxBytes: 20, maxColumns: 64 };
    expect(toFault(`${'x'.repeat(20)}\nb`, size, limits)).toBe('accepted as 2 rows');
    expect(toFault(`a\n${'x'.repeat(21)}`, size, limits)).toMatch(/^row 2: is longer than 20 bytes/);
    expect(toFault(`${'x,'.repeat(10)}\n`, size, limits)).toBe('accepted as 1 rows');
    expect(toFault(`${'x,'.repeat(11)}\n`, size, limits)).toMatch(/is longer than 20 bytes/);
    expect(toFault(`"${'\n'.repeat(30)}`, size, limits)).toMatch(/is longer than 20 bytes/);
    expect(toFault('é'.repeat(11), size, limits)).toMatch(/is longer than 20 bytes/);
    expect(toFault(`${'é'.repeat(10)}\n`, size, limits)).toBe('accepted as 1 rows');
    expect(toFault(`\n\n\n${'ab\n'.repeat(100)}`, size, limits)).toBe('accepted as 100 rows');
  });
});

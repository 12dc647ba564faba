import { parseCsv } from 'hucre/csv';
import type { Sheet, SheetRow, Workbook } from './sheet.js';

const DELIMITERS = [',', ';', '\t'];

/** Reads a CSV as spreadsheets write it: separators, byte order marks and encodings as they come. */
export function readCsv(fileName: string, bytes: Uint8Array): Workbook {
  const { text, guessedEncoding } = decode(bytes);
  // A line that names the separator is no row.
  const [named, separator] = /^sep=(.)\r?\n/i.exec(text) ?? [];
  const body = text.slice(named?.length ?? 0);
  const rows = parseCsv(body, { delimiter: separator ?? detectDelimiter(body), typeInference: false });
  const sheet: Sheet = {
    name: '',
    rows: rows.map((cells, index) => toRow(cells, index + 1)),
    hiddenColumns: [],
  };
  return { fileName, sheets: [sheet], guessedEncoding };
}

function toRow(cells: readonly unknown[], number: number): SheetRow {
  return {
    number,
    cells: cells.map((cell) => (typeof cell === 'string' ? cell : '')),
    links: {},
    isHidden: false,
  };
}

/** Text is UTF-8, or UTF-16 with its mark. Other bytes are those of Windows in Western Europe, which is said. */
function decode(bytes: Uint8Array): { text: string; guessedEncoding: string | undefined } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), guessedEncoding: undefined };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), guessedEncoding: undefined };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), guessedEncoding: undefined };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), guessedEncoding: 'Windows-1252' };
  }
}

/** The separator that stands most often in the first line that is not empty, outside of quotes. */
export function detectDelimiter(text: string): string {
  const line = /[^\r\n]*[^\s][^\r\n]*/.exec(text)?.[0] ?? '';
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

import { ApiError } from '../errors/api-error.js';
import { toCellFault } from './sheet-fault.js';

/** The number of bytes that {@link refuseOtherFile} looks at. */
export const KIND_BYTES = 8;

const SAVE = 'open it in your spreadsheet program, save it as CSV UTF-8, and send that file';
/** Files that people take for CSV, by their first bytes. */
const KINDS: readonly (readonly [start: Buffer, sentence: string])[] = [
  [Buffer.from('PK\x03\x04', 'latin1'), `is an Excel workbook (.xlsx) or another ZIP archive: ${SAVE}`],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), `is an old Excel workbook (.xls): ${SAVE}`],
  [Buffer.from('%PDF-'), 'is a PDF: export the table as CSV UTF-8 from the program that made it'],
];
/** A text in UTF-16 has a zero in every second byte, at least in its headings. */
const UTF_16: readonly (readonly [zeroParity: number, label: string])[] = [
  [1, 'utf-16le'],
  [0, 'utf-16be'],
];

/**
 * Refuses a file that is certainly not CSV in this encoding, by its first bytes.
 *
 * @throws ApiError `400` with what the file is, and what to do
 */
export function refuseOtherFile(start: Buffer, encoding: string): void {
  const sentence = findKind(start) ?? (encoding.startsWith('utf-16') ? undefined : findUtf16(start));
  if (sentence === undefined) return;
  throw new ApiError(400, `The file ${sentence}.`, 'malformed_csv', [
    toCellFault(1, null, null, `The file ${sentence}`),
  ]);
}

function findKind(start: Buffer): string | undefined {
  return KINDS.find(([magic]) => start.subarray(0, magic.length).equals(magic))?.[1];
}

function findUtf16(start: Buffer): string | undefined {
  if (start.length < 4) return undefined;
  const found = UTF_16.find(([parity]) => start.every((byte, n) => (byte === 0) === (n % 2 === parity)));
  return (
    found &&
    `is in UTF-16 without a byte order mark: save it as CSV UTF-8, or name its charset, such as text/csv; charset=${found[1]}`
  );
}

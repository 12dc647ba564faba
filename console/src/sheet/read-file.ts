import { readCsv } from './read-csv.js';
import { readExcel } from './read-xlsx.js';
import { SheetError, type Workbook } from './sheet.js';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLD_EXCEL = [0xd0, 0xcf, 0x11, 0xe0];
const PDF = [0x25, 0x50, 0x44, 0x46];

/**
 * Reads a spreadsheet by what is in it, not by its name.
 *
 * @throws SheetError if it is none
 */
export async function readFile(fileName: string, bytes: Uint8Array): Promise<Workbook> {
  const startsWith = (start: readonly number[]): boolean =>
    start.every((byte, index) => bytes[index] === byte);
  if (startsWith(ZIP)) return readExcel(fileName, bytes);
  if (startsWith(OLD_EXCEL))
    throw new SheetError(
      'This is an old or protected Excel file. Save it as .xlsx without a password, or as CSV.',
    );
  if (startsWith(PDF)) throw new SheetError('This is a PDF. Drop the spreadsheet that it was made of.');
  if (bytes.length === 0) throw new SheetError('This file is empty.');
  return readCsv(fileName, bytes);
}

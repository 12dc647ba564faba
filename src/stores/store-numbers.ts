const POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(?:\d+,\d*|,\d+)$/;
/** One group of digits behind a separator may be thousands: 1,250 or 1.250. */
const MAYBE_THOUSANDS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/**
 * Parses the number of a cell. A spreadsheet writes a decimal comma only in a file that is not separated by commas, so that one comma is the decimal
 * separator there. Returns NaN for any other text.
 */
export function parseDecimal(cell: string, delimiter: string): number {
  if (POINT.test(cell)) return Number(cell);
  if (delimiter !== ',' && COMMA.test(cell)) return Number(cell.replace(',', '.'));
  return NaN;
}

/**
 * Finds a cell that is not a number, or whose number is not certain.
 *
 * @param mayBeThousands whether a number of a thousand or more would be plausible
 */
export function findDecimalFault(
  cell: string,
  delimiter: string,
  mayBeThousands: boolean,
): string | undefined {
  if (Number.isNaN(parseDecimal(cell, delimiter)))
    return delimiter === ',' && COMMA.test(cell)
      ? 'is not a number: write a decimal point in a file that is separated by commas'
      : 'is not a number';
  if (mayBeThousands && delimiter !== ',' && MAYBE_THOUSANDS.test(cell))
    return 'may have a separator of decimals or of thousands: write it without one';
  return undefined;
}

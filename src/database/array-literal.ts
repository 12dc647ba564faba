/**
 * PostgreSQL's text of an array, for a parameter that is cast to one. node-postgres writes arrays too, value by value and at
 * ten times the cost, which shows where a statement takes thousands of rows.
 */

/** Of numbers, booleans and times. */
export function toArrayLiteral(values: readonly (number | boolean | Date | null)[]): string {
  return `{${values.map(plain).join(',')}}`;
}

/** Of texts, whatever stands in them. */
export function toTextArrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map(quoted).join(',')}}`;
}

function plain(value: number | boolean | Date | null): string {
  if (value === null) return 'NULL';
  // A Date is written in the zone of the machine otherwise, without the seconds that old zones have.
  return value instanceof Date ? value.toISOString() : String(value);
}

function quoted(value: string | null): string {
  if (value === null) return 'NULL';
  return `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`;
}

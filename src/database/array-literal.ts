/**
 * Array literals of PostgreSQL, for parameters that are cast to an array. node-postgres also writes arrays, but
 * value by value at ten times the cost, which is noticeable with thousands of rows.
 */

/** An array of numbers, booleans and times. */
export function toArrayLiteral(values: readonly (number | bigint | boolean | Date | null)[]): string {
  return `{${values.map(plain).join(',')}}`;
}

/** An array of texts with any characters. */
export function toTextArrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map(quoted).join(',')}}`;
}

function plain(value: number | bigint | boolean | Date | null): string {
  if (value === null) return 'NULL';
  // node-postgres would write a Date in the machine's zone, without the seconds of old zones.
  return value instanceof Date ? value.toISOString() : String(value);
}

function quoted(value: string | null): string {
  if (value === null) return 'NULL';
  return `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`;
}

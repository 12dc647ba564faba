/**
 * A condition in SQL: one of the columns contains the text, in any case. No index serves it, so the caller limits the number of rows that are tested.
 *
 * @param bind adds a parameter and returns its placeholder
 */
export function containsText(
  text: string,
  columns: readonly string[],
  bind: (value: unknown) => string,
): string {
  const pattern = bind(`%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`);
  // An explicit collation: in a database with the locale C, only ASCII letters have a case.
  return `(${columns.map((column) => `${column} COLLATE "und-x-icu" ILIKE ${pattern}`).join(' OR ')})`;
}

/** Invisible characters that spreadsheets ignore: white space, marks of direction, zero-width characters. */
const UNSEEN = String.raw`[\s\p{Z}\p{Cf}\p{Cc}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]`;
/** Characters that begin a formula, including full-width and small forms. */
const SIGNS = '[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]';
const FORMULA = new RegExp(`^(?:${UNSEEN}*${SIGNS}|[\\t\\r])`, 'u');

/**
 * Puts an apostrophe before a text that a spreadsheet would run as a formula. Returns any other text unchanged.
 */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Characters that are not seen, and that spreadsheets drop or pass over: white space, marks of direction, zero-width ones. */
const UNSEEN = String.raw`[\s\p{Z}\p{Cf}\p{Cc}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]`;
/** What a formula begins with, in its full-width and small forms too. */
const SIGNS = '[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]';
const FORMULA = new RegExp(`^(?:${UNSEEN}*${SIGNS}|[\\t\\r])`, 'u');

/** A text that a spreadsheet would run as a formula gets an apostrophe in front; any other stays as it is. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

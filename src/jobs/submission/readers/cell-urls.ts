import { INVISIBLE_CHARACTERS } from '../../../http/bodies/invisible.js';

/** The supported schemes of image URLs. */
const SCHEMES = new Set(['http', 'https', 's3']);
const MARK = '://';
/** Longer than any scheme in use. */
const MAX_SCHEME_LENGTH = 32;
const SEPARATOR = /[\s|,;]/;
const INVISIBLE = new RegExp(`[${INVISIBLE_CHARACTERS}]`);
/** Characters that are trimmed from the ends of a cell. Some of them are invisible. */
const AT_ENDS = new RegExp(String.raw`[\s|,;${INVISIBLE_CHARACTERS}]`);
const SCHEME_CHARACTER = /[a-z\d+.-]/i;

/**
 * Splits a cell into URLs. A separator is white space, `|`, `,` or `;` directly before `http://`, `https://` or `s3://`. A URL that contains another
 * URL, or a space in its path, is not split. Separators at the ends are dropped.
 *
 * @returns undefined if a URL of another scheme follows a separator
 */
export function splitCell(cell: string): readonly string[] | undefined {
  const first = cell.indexOf(MARK);
  // Most cells hold one URL.
  if (first === -1 || cell.indexOf(MARK, first + 1) === -1) return [trimEnds(cell)];
  const urls: string[] = [];
  let from = 0;
  for (let mark = first; mark !== -1; mark = cell.indexOf(MARK, mark + 1)) {
    const start = findSchemeStart(cell, mark);
    if (start === undefined || start <= from || !isBehindSeparator(cell, start, from)) continue;
    if (!SCHEMES.has(cell.slice(start, mark).toLowerCase())) return undefined;
    const url = trimEnds(cell.slice(from, start));
    // Before the first URL there may be separators only.
    if (url !== '') urls.push(url);
    from = start;
  }
  urls.push(trimEnds(cell.slice(from)));
  return urls;
}

/** Whether a separator precedes a URL. Invisible characters, which may be copied with a URL, are skipped. */
function isBehindSeparator(cell: string, start: number, from: number): boolean {
  let before = start - 1;
  while (before > from && INVISIBLE.test(cell.charAt(before))) before -= 1;
  return SEPARATOR.test(cell.charAt(before));
}

/** The index of the scheme before a `://`, or undefined without a scheme. */
function findSchemeStart(cell: string, mark: number): number | undefined {
  let start = mark;
  while (start > 0 && mark - start <= MAX_SCHEME_LENGTH && SCHEME_CHARACTER.test(cell.charAt(start - 1)))
    start -= 1;
  return start < mark && mark - start <= MAX_SCHEME_LENGTH && /[a-z]/i.test(cell.charAt(start))
    ? start
    : undefined;
}

function trimEnds(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && AT_ENDS.test(text.charAt(from))) from += 1;
  while (to > from && AT_ENDS.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Describes common mistakes in a URL and how to correct them. Returns undefined for any other fault. */
export function describeNoUrl(url: string): string | undefined {
  if (/^(?:[a-z]:[\\/]|\\\\|file:)/i.test(url))
    return 'is a file on a computer: upload the photo, and give the http:// or https:// URL that it has there';
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'must be a URL that begins with http://, https:// or s3://';
  return SCHEMES.has(scheme) ? undefined : 'must be a URL that begins with http://, https:// or s3://';
}

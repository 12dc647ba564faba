/** The schemes of URLs that images are fetched from. */
const SCHEMES = new Set(['http', 'https', 's3']);
const MARK = '://';
/** A scheme that is longer is none that anybody uses. */
const MAX_SCHEME_LENGTH = 32;
const SEPARATOR = /[\s|,;]/;
/** Characters that nobody can see. */
const INVISIBLE = /[\u200B-\u200D\u2060\uFEFF]/;
const AT_ENDS = /[\s|,;\u200B-\u200D\u2060\uFEFF]/;
const SCHEME_CHARACTER = /[a-z\d+.-]/i;

/**
 * The URLs of a cell: separated by white space, `|`, `,` or `;` directly before a further `http://`, `https://` or `s3://`. A URL inside a URL
 * stays whole, and so does one with a space in its path. Separators at the ends are dropped.
 *
 * @returns undefined where a URL of another scheme follows a separator
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
    // Nothing but separators stands before the first URL.
    if (url !== '') urls.push(url);
    from = start;
  }
  urls.push(trimEnds(cell.slice(from)));
  return urls;
}

/** Whether a separator stands in front of a URL. Characters that nobody can see may be copied with the URL, and stand between them. */
function isBehindSeparator(cell: string, start: number, from: number): boolean {
  let before = start - 1;
  while (before > from && INVISIBLE.test(cell.charAt(before))) before -= 1;
  return SEPARATOR.test(cell.charAt(before));
}

/** Where the scheme in front of a `://` begins; undefined where there is none. */
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

/** What is wrong with a cell that is no URL, as people can mend it; undefined for any other fault. */
export function describeNoUrl(url: string): string | undefined {
  if (/^(?:[a-z]:[\\/]|\\\\|file:)/i.test(url))
    return 'is a file on a computer: upload the photo, and give the http:// or https:// URL that it has there';
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'must be a URL that begins with http://, https:// or s3://';
  return SCHEMES.has(scheme) ? undefined : 'must be a URL that begins with http://, https:// or s3://';
}

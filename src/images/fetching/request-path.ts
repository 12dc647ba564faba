/** An absolute http: or https: URL, up to the end of its authority. */
const ABSOLUTE = /^https?:\/\/[^/?#\\]+/i;
/** An absolute URL without path, query and fragment. */
const AUTHORITY = /^https?:\/\/[^\0-\x20/?#\\]+$/i;
/**
 * Characters that `encodeURI` encodes and the URL Standard keeps, in a path and in a query. `%` has to be last.
 */
const LEFT_IN_PATH = ['[', ']', '|', '%'];
const LEFT_IN_QUERY = ['\\', '^', '`', '{', '}', ...LEFT_IN_PATH];

/**
 * The path and query of a request, with the percent-encoding as it was written. `URL` alone changes it: it
 * encodes `'` in a query and resolves `.`, `..`, `%2e` and `%2e%2e` in a path, which breaks the signature of a
 * presigned URL. This function encodes only characters that a URL may not contain, as UTF-8.
 *
 * @param written URL as the client or a `Location` header wrote it
 * @param parsed the same URL, resolved against `from`
 * @param from path and query that a relative reference starts at
 */
export function toRequestPath(written: string, parsed: URL, from: string | undefined): string {
  const usual = parsed.pathname + parsed.search;
  if (written.endsWith(usual) && AUTHORITY.test(written.slice(0, -usual.length))) return usual;
  const text = written.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\r\n]/g, '').replace(/#.*$/s, '');
  const path = encoded(isAbsolute(text) ? text.replace(ABSOLUTE, '') : resolved(text, from ?? '/'));
  // If the URL parser reads this path differently, its own result is used.
  const again = URL.parse(parsed.origin + path);
  const isAlike =
    again?.origin === parsed.origin && again.pathname === parsed.pathname && again.search === parsed.search;
  return isAlike ? path : usual;
}

function isAbsolute(text: string): boolean {
  return ABSOLUTE.test(text);
}

/** Resolves a relative reference (RFC 3986 §5.2.2). Segments written as `%2e` stay unchanged. */
function resolved(reference: string, from: string): string {
  const [path, query] = splitQuery(reference);
  const [base] = splitQuery(from);
  if (/^[/\\]{2}/.test(path)) return reference.replace(/^[/\\]{2}[^/?#\\]*/, '');
  if (path === '') return query === undefined ? from : base + query;
  const whole = /^[/\\]/.test(path) ? path : base.slice(0, base.lastIndexOf('/') + 1) + path;
  return withoutDots(whole.replaceAll('\\', '/')) + (query ?? '');
}

/** The path, and the query with its question mark if there is one. */
function splitQuery(text: string): readonly [path: string, query?: string] {
  const at = text.indexOf('?');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at)];
}

/** Removes the segments `.` and `..` (RFC 3986 §5.2.4). */
function withoutDots(path: string): string {
  const segments: string[] = [];
  const written = path.split('/').slice(1);
  for (const segment of written) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  const last = written.at(-1);
  return `/${segments.join('/')}${(last === '.' || last === '..') && segments.length > 0 ? '/' : ''}`;
}

function encoded(text: string): string {
  const [path, query = ''] = splitQuery(text.toWellFormed());
  const slashed = path.replaceAll('\\', '/');
  const rooted = slashed.startsWith('/') ? slashed : `/${slashed}`;
  return encodeAllBut(LEFT_IN_PATH, rooted) + encodeAllBut(LEFT_IN_QUERY, query);
}

/**
 * `encodeURI`, except for the characters in `left`. One call for each character of a long URL would take
 * milliseconds.
 */
function encodeAllBut(left: readonly string[], text: string): string {
  let result = encodeURI(text);
  for (const character of left) result = result.replaceAll(encodeURIComponent(character), character);
  return result;
}

/** The query of a URL within a line. In JSON a quote or backslash ends it. */
const QUERY = /(\bhttps?:\/\/[^\s"\\?#<>]*\?)[^\s"\\<>]+/gi;
/** A key as it stands in a header, whatever wrote that down: `Authorization: Bearer …`, `"x-api-key":"…"`. */
const KEY = /(\b(?:authorization|x-api-key)\\*"? *[:=] *\\*"?|\bbearer +)(?:\w+ +)?[^\s"\\,;]+/gi;
const HIDDEN = '[redacted]';

/**
 * A line of the log without what is nobody's business: the queries of URLs, which may hold signatures of hosts, and keys of
 * callers. Whatever it stands in: a field, a message, a stack.
 */
export function withoutSecrets(line: string): string {
  return line.replace(QUERY, `$1${HIDDEN}`).replace(KEY, `$1${HIDDEN}`);
}

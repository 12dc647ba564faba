/** The query of a URL in a line. In JSON it ends at a quote or a backslash. */
const QUERY = /(\bhttps?:\/\/[^\s"\\?#<>]*\?)[^\s"\\<>]+/gi;
/** A key in a header, in any notation: `Authorization: Bearer …`, `"x-api-key":"…"`. */
const KEY = /(\b(?:authorization|x-api-key)\\*"? *[:=] *\\*"?|\bbearer +)(?:\w+ +)?[^\s"\\,;]+/gi;
const HIDDEN = '[redacted]';

/**
 * Removes secrets from a line of the log: the queries of URLs, which may contain signatures, and API keys. It finds them in fields, messages and stacks.
 */
export function withoutSecrets(line: string): string {
  return line.replace(QUERY, `$1${HIDDEN}`).replace(KEY, `$1${HIDDEN}`);
}

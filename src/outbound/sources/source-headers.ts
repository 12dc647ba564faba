import type { SourceEntry } from './source-error.js';

const MAX_HEADERS = 32;
const MAX_VALUE_LENGTH = 8_192;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Headers for the framing of a request, its range and its host. */
const FORBIDDEN = new Set([
  'accept-encoding',
  'connection',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const FORBIDDEN_KINDS = /^(?:content|if|x-amz-content)-/;

/**
 * The headers of an entry: names in lower case and values, alternating.
 *
 * @throws SourceError for an invalid header, and for one that would break the reading of files
 */
export function parseHeaders(entry: SourceEntry): readonly string[] {
  const given = entry.get('headers');
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw entry.fault('headers', 'must be an object of names and values');
  const headers = Object.entries(given);
  if (headers.length > MAX_HEADERS) throw entry.fault('headers', `must be at most ${MAX_HEADERS}`);
  const seen = new Set<string>();
  return headers.flatMap(([written, value]: [string, unknown]) => {
    if (!TOKEN.test(written)) throw entry.fault('headers', 'has a name that is no HTTP token');
    const name = written.toLowerCase();
    const field = `headers.${written}`;
    if (FORBIDDEN.has(name) || FORBIDDEN_KINDS.test(name))
      throw entry.fault(field, 'is not allowed: Shelfline sets it itself, or must not send it');
    if (seen.has(name)) throw entry.fault(field, 'is there twice');
    seen.add(name);
    if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_VALUE_LENGTH)
      throw entry.fault(field, `must be a text of 1 to ${MAX_VALUE_LENGTH} characters`);
    if (!/^[\x20-\x7e]*$/.test(value))
      throw entry.fault(field, 'must be printable ASCII characters, without control characters');
    return [name, value.trim()];
  });
}

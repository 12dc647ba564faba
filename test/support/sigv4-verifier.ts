import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a request was signed with, as the server knows it. */
export interface KnownKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As the specification says: each byte but the unreserved characters, in upper case. */
function uriEncode(text: string, keepsSlash: boolean): string {
  return Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-._~]/.test(character) || (keepsSlash && character === '/')) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/**
 * Checks the signature of a GET by the specification of AWS Signature Version 4 for S3, as a server does: it decodes the path
 * and encodes it anew. Written from the specification, and independent of what signs.
 *
 * @param url the request target as it came
 * @returns what is wrong, or undefined
 */
export function signatureFault(
  url: string,
  headers: IncomingHttpHeaders,
  { accessKeyId, secretAccessKey, region }: KnownKey,
  now = Date.now(),
): string | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (match === null) return 'the request is not signed';
  const [, id, day = '', inRegion, names = '', signature] = match;
  if (id !== accessKeyId) return 'InvalidAccessKeyId';
  if (inRegion !== region) return 'AuthorizationHeaderMalformed';
  const date = String(headers['x-amz-date']);
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || !(Math.abs(at - now) < 900_000)) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const isSecured = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (!isSecured.every((name) => signed.includes(name))) return 'a header that has to be signed is not';
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const canonicalQuery = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) =>
      pair
        .split(/=(.*)/s)
        .slice(0, 2)
        .map((part) => uriEncode(decodeURIComponent(part), false)),
    )
    .map(([name, value = '']) => `${name}=${value}`)
    .toSorted()
    .join('&');
  const canonical = [
    'GET',
    uriEncode(decodeURIComponent(path), true),
    canonicalQuery,
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    String(headers['x-amz-content-sha256']),
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [region, 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day));
  return hmac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

import { isIP } from 'node:net';
import type { HostRule } from '../host-rule.js';
import { type HostPattern, parseHostPattern, toKey } from './host-pattern.js';
import { S3Source } from './s3-source.js';
import { SourceEntry, SourceError } from './source-error.js';
import { parseHeaders } from './source-headers.js';
import { type FindDomain, HostSource, SourceList } from './source-list.js';

const MAX_ENTRIES = 1_000;
const MAX_CONCURRENCY = 10_000;
const MAX_REQUESTS_PER_SECOND = 1_000_000;
const HOST_FIELDS = ['hosts', 'headers', 'concurrency', 'requests_per_second'];
const S3_FIELDS = [
  's3',
  'prefix',
  'region',
  'endpoint',
  'path_style',
  'access_key_id',
  'secret_access_key',
  'session_token',
];

/** Names of buckets, including those of other vendors than Amazon. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;
/** Names that can be one label of a host name with a certificate. */
const LABEL = /^[a-z0-9][a-z0-9-]*$/;
const REGION = /^[a-z0-9-]{1,64}$/;
const SECRET = /^[\x21-\x7e]{1,8192}$/;

/**
 * Parses the sources of a file or an option.
 *
 * @param hosts the permitted hosts
 * @throws SourceError for the first invalid entry
 */
export async function parseSources(given: unknown, hosts: HostRule): Promise<SourceList> {
  if (!Array.isArray(given)) throw new SourceError('must be a list of sources');
  if (given.length > MAX_ENTRIES) throw new SourceError(`must be a list of at most ${MAX_ENTRIES} sources`);
  const entries = given.map((entry: unknown, index) => toEntry(entry, index));
  const needsDomains = entries.some((entry) => JSON.stringify(entry.get('hosts') ?? '').includes('*'));
  const findDomain: FindDomain = needsDomains ? await loadFindDomain() : () => null;
  const hostSources: HostSource[] = [];
  const buckets: S3Source[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.get('s3') === undefined) hostSources.push(parseHostSource(entry, hosts, findDomain, seen));
    else buckets.push(parseS3Source(entry, hosts, buckets));
  }
  return new SourceList(hostSources, buckets, findDomain);
}

function toEntry(given: unknown, index: number): SourceEntry {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new SourceError(`entry ${index + 1} must be an object with hosts or s3`);
  const entry = new SourceEntry(index, { ...given });
  const [isHost, isS3] = ['hosts', 's3'].map((field) => entry.get(field) !== undefined);
  if (isHost === isS3) throw entry.fault('hosts', 'or s3 must be there, and not both');
  entry.expectOnly(isS3 === true ? S3_FIELDS : HOST_FIELDS);
  return entry;
}

/** Loads the library, which contains the public suffix list, only if there is a wildcard. */
async function loadFindDomain(): Promise<FindDomain> {
  const { getDomain } = await import('tldts');
  return (hostname) => getDomain(hostname, { allowPrivateDomains: true });
}

function parseHostSource(
  entry: SourceEntry,
  rule: HostRule,
  findDomain: FindDomain,
  seen: Set<string>,
): HostSource {
  const names = entry.get('hosts');
  if (!Array.isArray(names) || names.length === 0)
    throw entry.fault('hosts', 'must be a list of host names such as photos.example.com or *.example.com');
  const patterns = names.map((name: unknown, index) => {
    const field = `hosts[${index}]`;
    const pattern = typeof name === 'string' ? parseHostPattern(name) : undefined;
    if (pattern === undefined)
      throw entry.fault(
        field,
        'must be a host name such as photos.example.com, *.example.com or http://photos.internal:8080, without a path',
      );
    checkPattern(entry, field, pattern, rule, findDomain);
    if (seen.has(toKey(pattern))) throw entry.fault(field, 'is there twice');
    seen.add(toKey(pattern));
    return pattern;
  });
  const concurrency = entry.wholeNumber('concurrency', MAX_CONCURRENCY);
  const requestsPerSecond = entry.wholeNumber('requests_per_second', MAX_REQUESTS_PER_SECOND);
  return new HostSource(patterns, parseHeaders(entry), {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
  });
}

function checkPattern(
  entry: SourceEntry,
  field: string,
  { hostname, isWildcard }: HostPattern,
  rule: HostRule,
  findDomain: FindDomain,
): void {
  if (isWildcard && findDomain(hostname) === null)
    throw entry.fault(field, `is over a public suffix: *.${hostname} is every domain of ${hostname}`);
  const isPermitted = isWildcard ? rule.permitsBelow(hostname) : rule.permits(hostname);
  if (!isPermitted) throw entry.fault(field, 'is a host that IMAGE_ALLOWED_HOSTS excludes');
}

function parseS3Source(entry: SourceEntry, rule: HostRule, earlier: readonly S3Source[]): S3Source {
  const bucket = entry.text('s3', BUCKET, 'the name of a bucket') ?? '';
  const prefix = entry.get('prefix') ?? '';
  if (typeof prefix !== 'string') throw entry.fault('prefix', 'must be the start of keys, such as 2026/');
  const endpoint = parseEndpoint(entry);
  const region = entry.text('region', REGION, 'the name of a region such as ap-south-1');
  if (region === undefined && endpoint === undefined)
    throw entry.fault('region', 'is missing: give it, or set AWS_REGION');
  const pathStyle = isPathStyle(entry, bucket, endpoint);
  if (!pathStyle && endpoint !== undefined && isIP(new URL(endpoint).hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw entry.fault(
      'path_style',
      'must be true where the endpoint is an address: a bucket cannot stand in front of it',
    );
  const source = new S3Source(
    {
      bucket,
      prefix,
      region: region ?? 'us-east-1',
      endpoint,
      pathStyle,
    },
    {
      accessKeyId: secret(entry, 'access_key_id', 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: secret(entry, 'secret_access_key', 'AWS_SECRET_ACCESS_KEY'),
      sessionToken: entry.text('session_token', SECRET, 'printable ASCII characters without spaces'),
    },
  );
  if (!rule.permits(source.origin.hostname))
    throw entry.fault('s3', `is at ${source.origin.hostname}, a host that IMAGE_ALLOWED_HOSTS excludes`);
  for (const other of earlier.filter((each) => each.bucket === bucket)) {
    if (other.prefix === prefix) throw entry.fault('prefix', 'is there twice for this bucket');
    if (other.origin.href !== source.origin.href || other.region !== source.region)
      throw entry.fault(
        's3',
        'is a bucket of another entry: both need the same endpoint, region and path_style',
      );
  }
  return source;
}

function parseEndpoint(entry: SourceEntry): string | undefined {
  const endpoint = entry.text(
    'endpoint',
    /^https?:\/\/[^/?#@\\]+\/?$/i,
    'a URL such as https://minio.internal:9000',
  );
  if (endpoint === undefined) return undefined;
  const url = URL.parse(endpoint);
  if (url === null) throw entry.fault('endpoint', 'must be a URL such as https://minio.internal:9000');
  return url.origin;
}

function isPathStyle(entry: SourceEntry, bucket: string, endpoint: string | undefined): boolean {
  const given = entry.get('path_style');
  if (given !== undefined && typeof given !== 'boolean')
    throw entry.fault('path_style', 'must be true or false');
  const isNeeded = !LABEL.test(bucket);
  if (given === false && isNeeded && !LABEL.test(bucket.replaceAll('.', '')))
    throw entry.fault('path_style', 'must be true: this bucket cannot stand in a host name');
  return given ?? (endpoint !== undefined || isNeeded);
}

function secret(entry: SourceEntry, field: string, variable: string): string {
  const value = entry.text(field, SECRET, 'printable ASCII characters without spaces');
  if (value === undefined) throw entry.fault(field, `is missing: give it, or set ${variable}`);
  return value;
}

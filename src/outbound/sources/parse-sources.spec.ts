import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { HostRule } from '../host-rule.js';
import { parseSources } from './parse-sources.js';
import { SourceError } from './source-error.js';
import type { SourceList } from './source-list.js';

const SECRET = 'Bearer-secret-9f31';
const S3 = { s3: 'photos', region: 'ap-south-1', access_key_id: 'AKID', secret_access_key: SECRET };

async function parse(given: unknown, allowedHosts: string[] = []): Promise<SourceList> {
  return parseSources(given, new HostRule({ allowedNetworks: [], allowedHosts }));
}

async function refusal(entry: unknown, allowedHosts: string[] = []): Promise<string> {
  try {
    await parse([{ hosts: ['fine.test'] }, entry], allowedHosts);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.message.includes(SECRET) || /[\r\n]/.test(error.message))
      throw new Error('the fault shows a secret, or has several lines', { cause: error });
    return error.message;
  }
  return 'accepted';
}

/** The value of `x` for a URL. */
async function sentTo(
  url: string,
  ...entries: readonly [name: string, ...more: string[]][]
): Promise<unknown> {
  const list = await parse(entries.map((hosts) => ({ hosts, headers: { X: encodeURI(hosts[0]) } })));
  return list.findHost(new URL(url))?.headers[1];
}

describe('the headers of a source', () => {
  it('may be 32, each of 8,192 characters', async () => {
    const headers = Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`a${n}`, 'x'.repeat(8_192)]));
    const list = await parse([{ hosts: ['a.test'], headers }]);
    expect(list.findHost(new URL('https://a.test/1.jpg'))?.headers).toEqual(Object.entries(headers).flat());
  });

  it.each([
    ['photos.example.com', 'https://photos.example.com/1.jpg', true],
    ['photos.example.com', 'https://photos.example.com:443/1.jpg', true],
    ['PHOTOS.Example.com', 'https://photos.example.com/1.jpg', true],
    ['photos.example.com', 'http://photos.example.com/1.jpg', false],
    ['photos.example.com', 'https://photos.example.com:8443/1.jpg', false],
    ['photos.example.com', 'http://photos.example.com:443/1.jpg', false],
    ['photos.example.com', 'https://a.photos.example.com/1.jpg', false],
    ['photos.example.com', 'https://photos.example.com.evil.test/1.jpg', false],
    ['photos.example.com:8443', 'https://photos.example.com:8443/1.jpg', true],
    ['photos.example.com:8443', 'http://photos.example.com:8443/1.jpg', false],
    ['https://photos.example.com', 'https://photos.example.com/1.jpg', true],
    ['http://photos.example.com', 'http://photos.example.com/1.jpg', true],
    ['http://photos.example.com', 'https://photos.example.com/1.jpg', false],
    ['http://photos.example.com:8080', 'http://photos.example.com:8080/1.jpg', true],
    ['bücher.example', 'https://xn--bcher-kva.example/1.jpg', true],
    ['10.0.0.7', 'https://10.0.0.7/1.jpg', true],
    ['[fd00::7]:9000', 'https://[fd00::7]:9000/1.jpg', true],
    ['*.example.com', 'https://photos.example.com/1.jpg', true],
    ['*.example.com', 'https://a.b.example.com/1.jpg', true],
    ['*.example.com', 'https://example.com/1.jpg', false],
    ['*.example.com', 'https://badexample.com/1.jpg', false],
    ['*.example.com', 'http://photos.example.com/1.jpg', false],
    ['*.example.co.uk', 'https://photos.example.co.uk/1.jpg', true],
    ['*.shelf.internal', 'https://photos.shelf.internal/1.jpg', true],
    // Others may have a bucket, or a site, below a name of the same owner.
    ['*.amazonaws.com', 'https://bucket.s3.amazonaws.com/1.jpg', false],
  ])('of %s for %s: %p', async (host, url, isSent) => {
    expect(await sentTo(url, [host])).toBe(isSent ? encodeURI(host) : undefined);
  });

  it('are those of the entry that is nearest', async () => {
    const entries: [string][] = [['*.example.com'], ['*.photos.example.com'], ['a.photos.example.com']];
    expect(await sentTo('https://a.photos.example.com/', ...entries)).toBe('a.photos.example.com');
    expect(await sentTo('https://b.photos.example.com/', ...entries)).toBe('*.photos.example.com');
    expect(await sentTo('https://b.example.com/', ...entries)).toBe('*.example.com');
  });
});

describe('an entry of hosts', () => {
  it.each([
    [5, 'entry 2 must be an object with hosts or s3'],
    [{}, 'entry 2: hosts or s3 must be there, and not both'],
    [{ ...S3, hosts: ['a.test'] }, 'entry 2 (photos): hosts or s3 must be there, and not both'],
    [
      { hosts: [] },
      'entry 2: hosts must be a list of host names such as photos.example.com or *.example.com',
    ],
    [
      { hosts: ['a.test'], header: { A: SECRET } },
      'entry 2 (a.test): header is not known; the fields are hosts, headers, concurrency, requests_per_second',
    ],
    [
      { hosts: ['a.test'], [SECRET]: 1 },
      'entry 2 (a.test): a field is not known; the fields are hosts, headers, concurrency, requests_per_second',
    ],
    [{ hosts: ['a.test', 'A.test:443'] }, 'entry 2 (a.test): hosts[1] is there twice'],
    [{ hosts: ['fine.test'] }, 'entry 2 (fine.test): hosts[0] is there twice'],
    [
      { hosts: ['a.test'], concurrency: 0 },
      'entry 2 (a.test): concurrency must be a whole number from 1 to 10000',
    ],
    [
      { hosts: ['a.test'], requests_per_second: '5' },
      'entry 2 (a.test): requests_per_second must be a whole number from 1 to 1000000',
    ],
    [
      { hosts: ['a.test'], headers: [SECRET] },
      'entry 2 (a.test): headers must be an object of names and values',
    ],
    [
      { hosts: ['a.test'], headers: { A: '' } },
      'entry 2 (a.test): headers.A must be a text of 1 to 8192 characters',
    ],
    [
      { hosts: ['a.test'], headers: { A: 5 } },
      'entry 2 (a.test): headers.A must be a text of 1 to 8192 characters',
    ],
    [
      { hosts: ['a.test'], headers: { A: 'x'.repeat(8_193) } },
      'entry 2 (a.test): headers.A must be a text of 1 to 8192 characters',
    ],
    [
      {
        hosts: ['a.test'],
        headers: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`A${n}`, '1'])),
      },
      'entry 2 (a.test): headers must be at most 32',
    ],
    [{ hosts: ['a.test'], headers: { A: '1', a: '2' } }, 'entry 2 (a.test): headers.a is there twice'],
    [
      { hosts: ['a.test'], headers: { [`A: ${SECRET}`]: '1' } },
      'entry 2 (a.test): headers has a name that is no HTTP token',
    ],
  ])('cannot be %j', async (entry, message) => {
    expect(await refusal(entry)).toBe(message);
  });

  it.each(['\r\nX-Evil: 1', '\n', '\0', '\x7f', '\t', 'ü', '\u2028'])(
    'has no value with %j',
    async (text) => {
      expect(await refusal({ hosts: ['a.test'], headers: { Authorization: SECRET + text + SECRET } })).toBe(
        'entry 2 (a.test): headers.Authorization must be printable ASCII characters, without control characters',
      );
    },
  );

  it.each([
    'Host',
    'Range',
    'Connection',
    'Cookie',
    'Accept-Encoding',
    'Content-Type',
    'Content-Length',
    'Transfer-Encoding',
    'If-Range',
    'If-None-Match',
    'Upgrade',
    'TE',
    'Expect',
    'Keep-Alive',
  ])('never has a header %s', async (name) => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()])
      expect(await refusal({ hosts: ['a.test'], headers: { [written]: SECRET } })).toBe(
        `entry 2 (a.test): headers.${written} is not allowed: Shelfline sets it itself, or must not send it`,
      );
  });

  it.each(['Authorization', 'X-API-Key', 'Accept', 'User-Agent', 'Referer', 'Contents'])(
    'may have a header %s',
    async (name) => {
      const list = await parse([{ hosts: ['a.test'], headers: { [name]: SECRET } }]);
      expect(list.findHost(new URL('https://a.test/'))?.headers).toEqual([name.toLowerCase(), SECRET]);
    },
  );

  it.each(['*.com', '*.co.uk', '*.github.io', '*.s3.amazonaws.com', '*.internal', '*.localhost'])(
    'has no wildcard over a public suffix: %s',
    async (host) => {
      const stem = host.slice(2);
      expect(await refusal({ hosts: [host], headers: { A: SECRET } })).toContain(
        `hosts[0] is over a public suffix: *.${stem} is every domain of ${stem}`,
      );
    },
  );

  it.each([
    '',
    '*',
    '*.',
    'a.*.test',
    'a.test/',
    'a.test/x',
    'a.test?x',
    'user@a.test',
    'ftp://a.test',
    'http://',
    'a b.test',
    'a.test:99999',
    'a.test.',
    '*.10.0.0.1',
    ' a.test',
    '-',
  ])('has no host %j', async (host) => {
    expect(await refusal({ hosts: [host] })).toMatch(/hosts\[0\] must be a host name such as/);
  });

  it.each([
    ['a.test', ['b.test'], false],
    ['a.test', ['a.test'], true],
    ['a.test', ['*.a.test'], false],
    ['http://a.b.test:80', ['*.b.test'], true],
    ['*.a.test', ['x.a.test'], true],
    ['*.a.test', ['*.x.a.test'], true],
    ['*.x.a.test', ['*.a.test'], true],
    ['*.a.test', ['a.test', '*.b.test'], false],
  ])('of %s is refused unless one of %j is below it', async (host, allowed, isGood) => {
    expect(await refusal({ hosts: [host] }, ['fine.test', ...allowed])).toBe(
      isGood ? 'accepted' : `entry 2 (${host}): hosts[0] is a host that IMAGE_ALLOWED_HOSTS excludes`,
    );
  });

  it('sets limits for its hosts, whatever their scheme', async () => {
    const list = await parse([
      { hosts: ['a.test', 'b.test:8443', '*.c.test'], concurrency: 64, requests_per_second: 100 },
      { hosts: ['http://d.test'], headers: null, concurrency: 3, requests_per_second: null },
    ]);
    for (const host of ['a.test', 'b.test:8443', 'x.c.test'])
      expect(list.limitsFor(host)).toEqual({ concurrency: 64, requestsPerSecond: 100 });
    expect(list.limitsFor('d.test')).toEqual({ concurrency: 3 });
    for (const host of ['b.test', 'c.test', 'x.test', '[::1]:80']) expect(list.limitsFor(host)).toEqual({});
  });
});

describe('an entry of a bucket', () => {
  it.each([
    [{ ...S3, bucket: 'x' }, /bucket is not known; the fields are s3, prefix, region, endpoint, path_style/],
    [{ ...S3, hosts: null, headers: null }, /hosts is not known/],
    [{ ...S3, s3: 'a/b' }, /s3 must be the name of a bucket/],
    [{ ...S3, prefix: 5 }, /prefix must be the start of keys, such as 2026\//],
    [{ ...S3, region: 'AP South' }, /region must be the name of a region such as ap-south-1/],
    [{ ...S3, region: null }, /region is missing: give it, or set AWS_REGION/],
    [{ ...S3, access_key_id: null }, /access_key_id is missing: give it, or set AWS_ACCESS_KEY_ID/],
    [{ ...S3, secret_access_key: undefined }, /secret_access_key is missing: give it, or set AWS_SECRET/],
    [{ ...S3, secret_access_key: `${SECRET}\n` }, /secret_access_key must be printable ASCII characters/],
    [{ ...S3, session_token: '' }, /session_token must be printable ASCII characters without spaces/],
    [{ ...S3, endpoint: 'minio.internal' }, /endpoint must be a URL such as https:\/\/minio.internal:9000/],
    [{ ...S3, endpoint: 'https://minio.internal/x' }, /endpoint must be a URL/],
    [{ ...S3, endpoint: `https://${SECRET}@minio.internal` }, /endpoint must be a URL/],
    [{ ...S3, endpoint: 'https://a:99999' }, /endpoint must be a URL/],
    [{ ...S3, path_style: 'yes' }, /path_style must be true or false/],
    [
      { ...S3, s3: 'My_Bucket', path_style: false },
      /path_style must be true: this bucket cannot stand in a host name/,
    ],
    [
      { ...S3, endpoint: 'http://127.0.0.1:9000', path_style: false },
      /path_style must be true where the endpoint is an address/,
    ],
    [
      { ...S3, endpoint: 'https://[::1]:9000', path_style: false },
      /path_style must be true where the endpoint is an address/,
    ],
  ])('cannot be %#', async (entry, message) => {
    expect(await refusal(entry)).toMatch(message);
  });

  it('is there once for a prefix, and at one place whatever its prefixes are', async () => {
    const toFault = async (...entries: object[]): Promise<unknown> =>
      parse(entries).catch(({ message }: Error) => message);
    expect(await toFault(S3, S3)).toBe('entry 2 (photos): prefix is there twice for this bucket');
    expect(await toFault(S3, { ...S3, prefix: 'a/', region: 'eu-west-1' })).toBe(
      'entry 2 (photos): s3 is a bucket of another entry: both need the same endpoint, region and path_style',
    );
    expect(await toFault(S3, { ...S3, prefix: 'a/' }, { ...S3, s3: 'others' })).toMatchObject({});
    const minio = { ...S3, region: null, endpoint: 'https://minio.internal:9000' };
    expect(await toFault(minio, { ...minio, prefix: 'a/' })).toMatchObject({});
  });

  it('is refused where its host is not allowed', async () => {
    expect(await refusal(S3, ['fine.test'])).toBe(
      'entry 2 (photos): s3 is at photos.s3.ap-south-1.amazonaws.com, a host that IMAGE_ALLOWED_HOSTS excludes',
    );
    expect(await refusal(S3, ['fine.test', '*.amazonaws.com'])).toBe('accepted');
  });

  it.each([
    [{}, 'https://photos.s3.ap-south-1.amazonaws.com/1.jpg'],
    [{ path_style: true }, 'https://s3.ap-south-1.amazonaws.com/photos/1.jpg'],
    [{ region: 'cn-north-1' }, 'https://photos.s3.cn-north-1.amazonaws.com.cn/1.jpg'],
    [{ endpoint: 'https://minio.internal:9000' }, 'https://minio.internal:9000/photos/1.jpg'],
    [{ endpoint: 'http://minio.internal/' }, 'http://minio.internal/photos/1.jpg'],
    [
      { endpoint: 'https://minio.internal:9000', path_style: false },
      'https://photos.minio.internal:9000/1.jpg',
    ],
    [{ endpoint: 'https://minio.internal:9000', region: null }, 'https://minio.internal:9000/photos/1.jpg'],
    [{ s3: 'my.photos' }, 'https://s3.ap-south-1.amazonaws.com/my.photos/1.jpg'],
    [{ s3: 'my.photos', path_style: false }, 'https://my.photos.s3.ap-south-1.amazonaws.com/1.jpg'],
    [{ s3: 'My_Photos' }, 'https://s3.ap-south-1.amazonaws.com/My_Photos/1.jpg'],
  ])('with %j is asked at %s', async (more, url) => {
    const entry = { ...S3, ...more };
    const source = (await parse([entry])).findS3(entry.s3, '1.jpg');
    expect(`${source?.origin.origin}${source?.toPath('1.jpg')}`).toBe(url);
  });

  it('is for the keys of its prefix alone, and the longest prefix counts', async () => {
    const list = await parse([
      { ...S3, prefix: '2026/' },
      { ...S3, prefix: '2026/private/' },
      { ...S3, s3: 'others', prefix: null },
    ]);
    expect(list.findS3('photos', '2026/private/1.jpg')?.prefix).toBe('2026/private/');
    expect(list.findS3('photos', '2026/1.jpg')?.prefix).toBe('2026/');
    expect(list.findS3('photos', '2025/1.jpg')).toBeUndefined();
    expect(list.findS3('Photos', '2026/1.jpg')).toBeUndefined();
    expect(list.findS3('others', 'anything')?.prefix).toBe('');
    expect(list.covers('s3://photos/2026/1.jpg')).toBe(true);
    expect(list.covers('s3://photos/1.jpg')).toBe(false);
  });
});

describe('sources', () => {
  it.each([{}, null, 'x', 5])('are a list, and not %j', async (given) => {
    await expect(parse(given)).rejects.toThrow('must be a list of sources');
  });

  it('show no secret, however they are printed', async () => {
    const list = await parse([
      { ...S3, session_token: SECRET },
      { hosts: ['a.test'], headers: { Authorization: SECRET } },
    ]);
    const shown = inspect(list, { depth: 20, showHidden: true }) + JSON.stringify(list);
    const parts = [list.findS3('photos', 'x'), list.findHost(new URL('https://a.test/'))];
    for (const part of parts)
      expect(inspect(part, { depth: 20 }) + JSON.stringify(part)).not.toContain(SECRET);
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain('a.test');
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { signatureFault } from '../../../test/support/sigv4-verifier.js';
import { S3Source } from './s3-source.js';

const KEY = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

async function signed(
  source: S3Source,
  key: string,
): Promise<{ path: string; headers: Record<string, string> }> {
  const path = source.toPath(key);
  const pairs = await source.sign(path);
  const headers: Record<string, string> = { host: source.origin.host };
  for (let at = 0; at < pairs.length; at += 2) headers[pairs[at] ?? ''] = pairs[at + 1] ?? '';
  return { path, headers };
}

function getSource(more: { pathStyle?: boolean; endpoint?: string; sessionToken?: string } = {}): S3Source {
  const { pathStyle = false, endpoint, sessionToken } = more;
  return new S3Source(
    { bucket: 'examplebucket', prefix: '', region: 'eu-west-1', endpoint, pathStyle },
    { ...KEY, sessionToken },
  );
}

describe('the verifier of these tests', () => {
  // "Example: GET Object" of the page "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API reference.
  const published = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  };
  const key = { ...KEY, region: 'us-east-1' };
  const now = Date.UTC(2013, 4, 24);

  it('agrees with the published example, and with nothing else', () => {
    expect(signatureFault('/test.txt', published, key, now)).toBeUndefined();
    expect(signatureFault('/test.tx', published, key, now)).toBe('SignatureDoesNotMatch');
    expect(signatureFault('/test.txt', { ...published, range: 'bytes=0-8' }, key, now)).toBe(
      'SignatureDoesNotMatch',
    );
    expect(signatureFault('/test.txt', published, { ...key, secretAccessKey: 'x' }, now)).toBe(
      'SignatureDoesNotMatch',
    );
    expect(signatureFault('/test.txt', published, key)).toBe('RequestTimeTooSkewed');
  });
});

describe('a request for an object', () => {
  const known = { ...KEY, region: 'eu-west-1' };

  it.each([
    ['shelf/1.jpg', '/shelf/1.jpg'],
    ['a b+c%20.jpg', '/a%20b%2Bc%2520.jpg'],
    ['a?b#c&d=e', '/a%3Fb%23c%26d%3De'],
    ['ä/😀.jpg', '/%C3%A4/%F0%9F%98%80.jpg'],
    ["it's(1)*!.jpg", '/it%27s%281%29%2A%21.jpg'],
    ['/a//b/./c/../d', '//a//b/./c/../d'],
    ['..', '/..'],
    ['a%2Fb', '/a%252Fb'],
    ['a~b_c-d.e', '/a~b_c-d.e'],
    ['a:b@c$d,e;f[g]h|i\\j^k`l{m}"<>', '/a%3Ab%40c%24d%2Ce%3Bf%5Bg%5Dh%7Ci%5Cj%5Ek%60l%7Bm%7D%22%3C%3E'],
  ])('%j has the path %s, and is signed as S3 checks it', async (key, path) => {
    for (const source of [
      getSource(),
      getSource({ pathStyle: true }),
      getSource({ endpoint: 'http://minio.test:9000', pathStyle: true }),
      getSource({ endpoint: 'https://minio.test', sessionToken: 'FQoGZXIvYXdzE==/+' }),
    ]) {
      const request = await signed(source, key);
      const start = source.origin.host.startsWith('examplebucket.') ? '' : '/examplebucket';
      expect(request.path).toBe(start + path);
      expect(signatureFault(request.path, request.headers, known)).toBeUndefined();
      expect(signatureFault(`${request.path}x`, request.headers, known)).toBe('SignatureDoesNotMatch');
    }
  });

  it('is signed right whatever the key is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), async (text) => {
        const key = text.toWellFormed();
        const { path, headers } = await signed(getSource({ pathStyle: true }), key);
        expect(path).toMatch(/^[\x21-\x7e]+$/);
        expect(decodeURIComponent(path)).toBe(`/examplebucket/${key}`);
        expect(signatureFault(path, headers, known)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('carries a session token that is signed too, and never the secret key', async () => {
    const { path, headers } = await signed(getSource({ sessionToken: 'TOKEN' }), '1.jpg');
    expect(headers['x-amz-security-token']).toBe('TOKEN');
    expect(signatureFault(path, { ...headers, 'x-amz-security-token': 'OTHER' }, known)).toBe(
      'SignatureDoesNotMatch',
    );
    expect(JSON.stringify(headers)).not.toContain(KEY.secretAccessKey);
    expect(Object.keys(headers).toSorted()).toEqual([
      'authorization',
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
    ]);
  });
});

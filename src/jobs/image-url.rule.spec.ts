import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { callbackUrl, checkInPieces, imageUrl, imageUrls, MAX_URLS_PER_VISIT } from './image-url.rule.js';

const NOT_ABSOLUTE = 'must be an absolute http:, https: or s3: URL';
const NO_KEY = 'must name a bucket and a key: s3://bucket/key';
const USER = 'must hold no user name or password';
const UNCLEAN = 'must hold no control characters and no lone surrogates';

describe('the URL of an image', () => {
  it.each([
    'http://a.test',
    'https://www.gstatic.com/webp/gallery/2.jpg',
    'HTTPS://A.TEST/X.JPG',
    'https://a.test:8443/x?y=z#part',
    'https://a.test/a@b.jpg',
    'https://a.test/?mail=a@b.test',
    'https://a.test#a@b',
    'https://bücher.example/Regal 1.jpg',
    'http://127.0.0.1/x.jpg',
    'http://[::1]:80/x.jpg',
    'http://localhost/x',
    's3://photos/shelf/1.jpg',
    'S3://my.bucket-1/a b?c#d%zz//../é@x',
  ])('may be %s', (url) => {
    expect(imageUrl(url)).toBeUndefined();
  });

  it.each([
    ['', NOT_ABSOLUTE],
    ['a.test/x.jpg', NOT_ABSOLUTE],
    ['/x.jpg', NOT_ABSOLUTE],
    ['//a.test/x.jpg', NOT_ABSOLUTE],
    ['https:a.test', NOT_ABSOLUTE],
    ['https:/a.test', NOT_ABSOLUTE],
    ['https://', NOT_ABSOLUTE],
    ['https://a.test:99999/', NOT_ABSOLUTE],
    ['https://a b.test/', NOT_ABSOLUTE],
    ['https://[::1/', NOT_ABSOLUTE],
    ['http://256.0.0.1/', NOT_ABSOLUTE],
    ['ftp://a.test/x.jpg', NOT_ABSOLUTE],
    ['file:///etc/passwd', NOT_ABSOLUTE],
    ['data:image/png;base64,AAAA', NOT_ABSOLUTE],
    ['javascript:alert(1)', NOT_ABSOLUTE],
    [' https://a.test', NOT_ABSOLUTE],
    ['s3:', NO_KEY],
    ['s3://photos', NO_KEY],
    ['s3://photos/', NO_KEY],
    ['s3:///1.jpg', NO_KEY],
    ['s3://user@photos/1.jpg', NO_KEY],
    ['s3://photos:80/1.jpg', NO_KEY],
    ['s3://a/1.jpg', NO_KEY],
    [`s3://${'b'.repeat(64)}/1.jpg`, NO_KEY],
    ['s3://photos/\n', UNCLEAN],
    ['https://user@a.test/', USER],
    ['https://user:secret@a.test/', USER],
    ['https://:secret@a.test/', USER],
    ['https://@a.test/', USER],
    ['https://:@a.test/', USER],
    ['https:///user@a.test/', USER],
    ['https://\\user@a.test/', USER],
    ['https://a.test@b.test@c.test/', USER],
    ['https://a.test/\n', UNCLEAN],
    ['https://a.te\tst/', UNCLEAN],
    ['https://a.test/\0', UNCLEAN],
    ['https://a.test/\ud800', UNCLEAN],
  ])('may not be %j: it %s', (url, message) => {
    expect(imageUrl(url)).toBe(message);
  });

  it('has a maximum length', () => {
    const ofLength = (length: number): string => `https://a.test/${'x'.repeat(length - 15)}`;
    expect(imageUrl(ofLength(8192))).toBeUndefined();
    expect(imageUrl(ofLength(8193))).toBe('must have at most 8192 characters');
    expect(callbackUrl('s3://photos/1.jpg')).toBe('must be an absolute http: or https: URL');
    expect(callbackUrl(ofLength(2048))).toBeUndefined();
    expect(callbackUrl(ofLength(2049))).toBe('must have at most 2048 characters');
  });

  it('has a host of at most 512 characters', () => {
    const withHost = (length: number): string => `https://${'a.'.repeat(length / 2 - 1)}co/1.jpg`;
    expect(imageUrl(withHost(512))).toBeUndefined();
    expect(imageUrl(withHost(514))).toBe('must have a host of at most 512 characters');
    expect(imageUrl(`https://a.test/${'x'.repeat(600)}`)).toBeUndefined();
  });

  it.each([
    [`${'日'.repeat(64)}.test`, 'a part of it is too long'],
    ['%C3%A9'.repeat(64), 'it is written with percent signs'],
    [`${'é.'.repeat(200)}test`, 'all of it is too long'],
  ])('has a host that is possible in ASCII, and not %s: %s', (host) => {
    expect(imageUrl(`https://${host}/1.jpg`)).toBe(
      'must have a host of at most 253 characters in ASCII, of parts of at most 63',
    );
    expect(imageUrl(`https://${'日'.repeat(10)}.test/1.jpg`)).toBeUndefined();
  });

  it('is not checked in a list after the faults that are shown', () => {
    const faults = imageUrls(Array.from({ length: 1_000 }, () => 'no URL'));
    expect(faults).toHaveLength(20);
  });

  it.each([undefined, null, 5, {}, ['https://a.test'], new URL('https://a.test')])(
    'is a text, and not %j',
    (value) => {
      expect(imageUrl(value)).toBe('must be a string: an absolute http:, https: or s3: URL');
    },
  );

  it('is, when it may be, one that everybody reads as http or https without a user', () => {
    const part = fc.constantFrom(
      'http:',
      'https:',
      '/',
      '//',
      '\\',
      '@',
      ':',
      'a.test',
      'user',
      '?',
      '#',
      '[::1]',
      '%40',
      '.',
      'ftp:',
    );
    const anyUrl = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.array(part, { maxLength: 6 }).map((parts) => `https://${parts.join('')}`),
      fc.string({ maxLength: 20 }).map((rest) => `http://a.test/${rest}`),
    );
    fc.assert(
      fc.property(anyUrl, (text) => {
        const url = imageUrl(text) === undefined ? new URL(text) : new URL('http://refused.test');
        expect(url.protocol).toMatch(/^https?:$/);
        expect(url.username + url.password).toBe('');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the URLs of a visit', () => {
  it.each([undefined, null, 'https://a.test', {}, [], { length: 1, 0: 'https://a.test' }])(
    'are a list, and not %j',
    (value) => {
      expect(imageUrls(value)).toBe('must be a list of 1 to 1000 URLs');
    },
  );

  it('have a maximum number', () => {
    const many = Array<string>(MAX_URLS_PER_VISIT).fill('https://a.test');
    expect(imageUrls(many)).toBeUndefined();
    expect(imageUrls([...many, 'https://a.test'])).toBe('must be a list of 1 to 1000 URLs');
  });

  it('each have their faults with their place', () => {
    expect(imageUrls(['https://a.test', 'x', 'https://u@a.test'])).toEqual([
      { path: '[1]', message: NOT_ABSOLUTE },
      { path: '[2]', message: USER },
    ]);
  });

  it('have no gaps in their list', () => {
    const sparse: unknown[] = ['https://a.test'];
    sparse[2] = 'https://a.test';
    expect(imageUrls(sparse)).toMatchObject([{ path: '[1]' }]);
  });

  it('have the same faults when they are checked in pieces', async () => {
    const faulty = ['https://a.test', 'x', ...Array<string>(30).fill('https://u@a.test')];
    for (const urls of [['https://a.test'], faulty, []])
      expect(imageUrls(await checkInPieces(urls))).toEqual(imageUrls(urls));
  });

  it('are checked as they are, whatever became of a list that was checked before', async () => {
    const urls = ['https://a.test'];
    await checkInPieces(urls);
    urls.push('x');
    expect(imageUrls(urls)).toMatchObject([{ path: '[1]' }]);
  });
});

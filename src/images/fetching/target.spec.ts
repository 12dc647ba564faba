import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HostRule } from '../../outbound/host-rule.js';
import { ForbiddenHostError } from '../../outbound/outbound-errors.js';
import { getAuthority, firstTarget, nextTarget, type Target } from './target.js';

const anyHost = new HostRule({ allowedNetworks: [], allowedHosts: [] });
const onlyPhotos = new HostRule({ allowedNetworks: [], allowedHosts: ['photos.test', '*.photos.test'] });
const onlyA = new HostRule({ allowedNetworks: [], allowedHosts: ['a', 'a.b', 'b.a'] });
const FROM = firstTarget('https://photos.test/shelf/1.jpg?size=2', anyHost);
const getHref = ({ origin, path }: Target): string => origin + path;

const NOT_PLAIN = [
  'ftp://photos.test/1.jpg',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'javascript:alert(1)',
  'https://user@photos.test/1.jpg',
  'https://user:secret@photos.test/1.jpg',
  'https://:secret@photos.test/1.jpg',
  'https://@photos.test/1.jpg',
  'https://:@photos.test/1.jpg',
  'https:@photos.test/1.jpg',
  'HTTPS:\\\\@photos.test/1.jpg',
  'ht\ttps:/\n/@photos.test/1.jpg',
  'https://',
  'https://photos.test:99999/',
  'http://[::1/',
];

describe('the URL of an image', () => {
  it.each([
    ['https://photos.test/1.jpg?a=b', 'https://photos.test/1.jpg?a=b'],
    ['HTTP://PHOTOS.test:80/1.jpg', 'http://photos.test/1.jpg'],
    ['https://photos.test', 'https://photos.test/'],
    ['https://photos.test/1.jpg#part', 'https://photos.test/1.jpg'],
    ['https://bücher.example/ä b', 'https://xn--bcher-kva.example/%C3%A4%20b'],
    ['http://0x7f.1/x', 'http://127.0.0.1/x'],
  ])('%s is requested as %s', (url, asked) => {
    expect(getHref(firstTarget(url, anyHost))).toBe(asked);
  });

  it.each([...NOT_PLAIN, '', '/1.jpg', 'photos.test/1.jpg', '//photos.test/1.jpg'])('is not %j', (url) => {
    expect(() => firstTarget(url, anyHost)).toThrow(
      expect.objectContaining({ code: 'bad_redirect', message: 'the URL is no plain http or https URL' }),
    );
  });

  it('has to be of a host that is allowed', () => {
    expect(firstTarget('https://old.Photos.test./1.jpg', onlyPhotos).host).toBe('old.photos.test.');
    for (const url of ['https://other.test/1.jpg', 'https://photos.test.evil.test/', 'http://127.0.0.1/']) {
      expect(() => firstTarget(url, onlyPhotos)).toThrow(ForbiddenHostError);
    }
  });
});

describe('a redirect', () => {
  it.each([
    ['https://other.test/2.jpg', 'https://other.test/2.jpg'],
    ['http://photos.test/2.jpg', 'http://photos.test/2.jpg'],
    ['//cdn.test/2.jpg', 'https://cdn.test/2.jpg'],
    ['/2.jpg', 'https://photos.test/2.jpg'],
    ['2.jpg', 'https://photos.test/shelf/2.jpg'],
    ['../2.jpg', 'https://photos.test/2.jpg'],
    ['?size=3', 'https://photos.test/shelf/1.jpg?size=3'],
    ['#part', 'https://photos.test/shelf/1.jpg?size=2'],
    [' /2.jpg ', 'https://photos.test/2.jpg'],
    ['/a b.jpg', 'https://photos.test/a%20b.jpg'],
    ['/%41.jpg', 'https://photos.test/%41.jpg'],
    [Buffer.from('/münchen.jpg').toString('latin1'), 'https://photos.test/m%C3%BCnchen.jpg'],
  ])('to %j leads to %s', (location, target) => {
    expect(getHref(nextTarget(location, FROM, anyHost))).toBe(target);
  });

  it.each([undefined, '', '  '])('to nowhere is a fault: %j', (location) => {
    expect(() => nextTarget(location, FROM, anyHost)).toThrow(
      expect.objectContaining({
        code: 'bad_redirect',
        message: 'the host redirected without saying where to',
      }),
    );
  });

  it.each(['/a@b.jpg', 'a@b.jpg', '?a=//b@c', '//cdn.test/a@b.jpg', 'https://cdn.test/?b@c'])(
    'may name an @ behind its host: %s',
    (location) => {
      expect(getHref(nextTarget(location, FROM, anyHost))).toContain('@');
    },
  );

  it.each([...NOT_PLAIN, '//user@photos.test/', '//@photos.test/', '\\\\@photos.test/', '/\t/@photos.test/'])(
    'to %j is a fault',
    (location) => {
      expect(() => nextTarget(location, FROM, anyHost)).toThrow(
        expect.objectContaining({
          code: 'bad_redirect',
          message: 'the host redirected to something that is no plain http or https URL',
        }),
      );
    },
  );

  it('to a host that is not allowed is refused', () => {
    expect(() => nextTarget('//other.test/', FROM, onlyPhotos)).toThrow(ForbiddenHostError);
    expect(nextTarget('//a.photos.test/', FROM, onlyPhotos).host).toBe('a.photos.test');
  });
});

describe('the part of a URL before its path', () => {
  it.each([
    ['https://photos.test/1.jpg', 'https://photos.test'],
    ['https://photos.test:8443?size=2', 'https://photos.test:8443'],
    ['HTTP://PHOTOS.test#part', 'HTTP://PHOTOS.test'],
    ['http://[::1]/1.jpg', 'http://[::1]'],
    ['https://user@photos.test/1.jpg', 'https://user@photos.test'],
    ['http://photos.test\\1.jpg', 'http://photos.test'],
  ])('of %s is %s', (url, authority) => {
    expect(getAuthority(url)).toBe(authority);
  });

  it.each([
    'http:///photos.test/1.jpg',
    'http:photos.test/1.jpg',
    'http:\\\\photos.test/1.jpg',
    ' http://photos.test/1.jpg',
    'http://photos.test\t.evil.test/1.jpg',
    'http://photos.test\t@evil.test/1.jpg',
    'ftp://photos.test/1.jpg',
    '',
  ])('is all of %j, where another host may be meant', (url) => {
    expect(getAuthority(url)).toBe(url);
  });

  it('has one host, or is refused, whatever follows', () => {
    const anything = fc.string({
      unit: fc.constantFrom(...Array.from('ab.:@/\\?#[]%0\t\n ü\u00ad')),
      maxLength: 12,
    });
    const getHost = (url: string): string | undefined => {
      try {
        return firstTarget(url, onlyA).host;
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(
        fc.constantFrom('http://', 'https:/', 'HTTP://a'),
        anything,
        anything,
        (scheme, one, other) => {
          const [first, second] = [scheme + one, scheme + one + other];
          fc.pre(getAuthority(first) === getAuthority(second));
          expect(getHost(second)).toBe(getHost(first));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

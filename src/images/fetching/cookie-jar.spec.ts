import { describe, expect, it } from '@jest/globals';
import { HostRule } from '../../outbound/host-rule.js';
import { CookieJar } from './cookie-jar.js';
import { firstTarget, type Target } from './target.js';

const anyHost = new HostRule({ allowedNetworks: [], allowedHosts: [] });
const target = (url: string): Target => firstTarget(url, anyHost);

function sent(setCookie: string | string[], from: string, to: string): string | undefined {
  const jar = new CookieJar();
  jar.keep([setCookie].flat(), target(from));
  return jar.headerFor(target(to));
}

describe('a cookie that a redirect sets', () => {
  const FROM = 'https://photos.test/shelf/1.jpg';

  it.each([
    ['a=1', 'https://photos.test/shelf/2.jpg', 'a=1'],
    ['a=1', 'https://photos.test/shelf', 'a=1'],
    ['a=1', 'https://photos.test/shelf2/2.jpg', undefined],
    ['a=1', 'https://photos.test/', undefined],
    ['a=1; Path=/', 'https://photos.test/', 'a=1'],
    ['a=1; Path=/sh', 'https://photos.test/shelf/1.jpg', undefined],
    ['a=1; path=shelf', 'https://photos.test/shelf/1.jpg', 'a=1'],
    ['a=1; Path=/', 'http://photos.test/', 'a=1'],
    ['a=1; Path=/; Secure', 'http://photos.test/', undefined],
    ['a=1; Path=/; Secure; HttpOnly; SameSite=Strict', 'https://photos.test/', 'a=1'],
    ['a=1; Path=/', 'https://photos.test:8443/', undefined],
    ['a=1; Path=/', 'https://other.test/', undefined],
    ['a=1; Path=/; Domain=photos.test', 'https://cdn.photos.test/', undefined],
    ['a=1; Path=/; Domain=.PHOTOS.test', 'https://photos.test/', 'a=1'],
    ['a=1; Path=/; Domain=other.test', 'https://photos.test/', undefined],
    ['a=1; Path=/; Domain=tos.test', 'https://photos.test/', undefined],
    ['a=1; Path=/; Max-Age=0', 'https://photos.test/', undefined],
    ['a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'https://photos.test/', 'a=1'],
    ['a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'https://photos.test/', undefined],
    ['a="x y"; Path=/', 'https://photos.test/', 'a="x y"'],
    ['a=; Path=/', 'https://photos.test/', 'a='],
    ['a=b=c; Path=/', 'https://photos.test/', 'a=b=c'],
    ['a; Path=/', 'https://photos.test/', undefined],
    ['=1; Path=/', 'https://photos.test/', undefined],
    ['a b=1; Path=/', 'https://photos.test/', undefined],
    ['a=1\r\nX-Evil: 1; Path=/', 'https://photos.test/', undefined],
    ['a=\u00e4; Path=/', 'https://photos.test/', undefined],
    [`a=${'x'.repeat(5_000)}; Path=/`, 'https://photos.test/', undefined],
  ])('%j is sent to %s as %j', (setCookie, to, expected) => {
    expect(sent(setCookie, FROM, to)).toBe(expected);
  });

  it('that is Secure is not accepted over plain http', () => {
    expect(sent('a=1; Path=/; Secure', 'http://photos.test/', 'https://photos.test/')).toBeUndefined();
  });

  it('replaces and removes one of the same name and path, and the longest path comes first', () => {
    const set = ['a=1; Path=/', 'b=2; Path=/shelf', 'a=3; Path=/', 'c=4; Path=/', 'c=; Path=/; Max-Age=-1'];
    expect(sent(set, FROM, FROM)).toBe('b=2; a=3');
  });

  it('is one of at most 20', () => {
    const set = Array.from({ length: 500 }, (_, n) => `c${n}=1; Path=/`);
    expect(sent(set, FROM, FROM)?.split('; ')).toHaveLength(20);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HostRule } from '../../outbound/host-rule.js';
import { firstTarget, nextTarget } from './target.js';

const anyHost = new HostRule({ allowedNetworks: [], allowedHosts: [] });
const toPath = (url: string): string => firstTarget(url, anyHost).path;
const pathAfter = (location: string, from = 'https://a.test/shelf/%2e/1.jpg?size=2'): string =>
  nextTarget(location, firstTarget(from, anyHost), anyHost).path;

describe('the path of a request', () => {
  it.each([
    '/a%2Fb%2fc',
    '/%41%zz%',
    '/100%25',
    "/it's?name='x'",
    '/a//b///c',
    '/a/./b/../c',
    '/a/%2e%2e/%2E/b/..',
    '/x|y[1]~!$&()*+,;=:@',
    '/x?a|b[]={c}^`\\&d=%7Ce+f%20g//../h?i/@:',
    '/x?',
    '/?X-Amz-Signature=0aF&X-Amz-Credential=A%2F20261130%2Fus-east-1%2Fs3%2Faws4_request',
  ])('is as it was written: %s', (path) => {
    expect(toPath(`https://a.test${path}`)).toBe(path);
    expect(pathAfter(`https://b.test${path}`)).toBe(path);
  });

  it.each([
    ['https://a.test', '/'],
    ['https://a.test?x', '/?x'],
    ['https://a.test/a b', '/a%20b'],
    ['https://a.test/ä/😀?q=ä', '/%C3%A4/%F0%9F%98%80?q=%C3%A4'],
    ['https://a.test/"<>^`{}', '/%22%3C%3E%5E%60%7B%7D'],
    ['https://a.test/x?"<> y', '/x?%22%3C%3E%20y'],
    ['https://a.test\\x\\y', '/x/y'],
    ['https://a.test/x#y%zz', '/x'],
    ['https://a.test/x#y?z', '/x'],
    ['https://a.test/x?y#z#', '/x?y'],
  ])('of %s is %s', (url, path) => {
    expect(toPath(url)).toBe(path);
  });

  it.each([
    ["2.jpg?name='%zz'", "/shelf/%2e/2.jpg?name='%zz'"],
    ['/%2e%2e/2.jpg', '/%2e%2e/2.jpg'],
    ['/a/./b/../2.jpg', '/a/2.jpg'],
    ['../../2.jpg', '/2.jpg'],
    ['../../../..', '/'],
    ['a/..', '/shelf/%2e/'],
    ['?size=3', '/shelf/%2e/1.jpg?size=3'],
    ['#part', '/shelf/%2e/1.jpg?size=2'],
    ["//b.test/a/../it's?x='", "/a/../it's?x='"],
    ["https:///b.test/it's?x='", "/it's?x=%27"],
    ['a b', '/shelf/%2e/a%20b'],
    ["/x\t'y", "/x'y"],
  ])('of a redirect to %s is %s', (location, path) => {
    expect(pathAfter(location)).toBe(path);
  });

  it('is equivalent to that of the URL, whatever was written', () => {
    const anything = fc.string({
      unit: fc.constantFrom(...Array.from(`ab./\\?#%2e'"{|}[]^ ü:@\ud83d`), '..', '%2e', '%zz', '//'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(anything, anything, (first, second) => {
        const from = firstTarget(`https://a.test/${first}`, anyHost);
        const expected = URL.parse(second, from.url.href);
        fc.pre(expected !== null && expected.protocol === 'https:' && !second.includes('@'));
        for (const target of [
          from,
          nextTarget(Buffer.from(second.trim() || '#').toString('latin1'), from, anyHost),
        ]) {
          expect(target.path).toMatch(/^\/[\x21-\x7e]*$/);
          const again = new URL(target.origin + target.path);
          expect(again.pathname + again.search).toBe(target.url.pathname + target.url.search);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

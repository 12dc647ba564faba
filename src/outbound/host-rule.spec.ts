import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HostRule } from './host-rule.js';

function ruleThatAllows(...allowedHosts: string[]): HostRule {
  return new HostRule({ allowedNetworks: [], allowedHosts });
}

describe('a host', () => {
  it.each(['photos.example.com', 'localhost', '127.0.0.1', '[::1]', ''])(
    'may be asked where no hosts are named: %j',
    (host) => {
      expect(ruleThatAllows().permits(host)).toBe(true);
    },
  );

  it.each([
    ['photos.example.com', 'photos.example.com', true],
    ['photos.example.com', 'PHOTOS.Example.COM', true],
    ['PHOTOS.example.com', 'photos.example.com', true],
    ['photos.example.com', 'photos.example.com.', true],
    ['photos.example.com.', 'photos.example.com', true],
    ['photos.example.com', 'old.photos.example.com', false],
    ['photos.example.com', 'xphotos.example.com', false],
    ['photos.example.com', 'example.com', false],
    ['photos.example.com', 'photos.example.com..', false],
    ['photos.example.com', 'photos.example.com.evil.test', false],
    ['photos.example.com', '127.0.0.1', false],
    ['photos.example.com', '', false],
    ['*.example.com', 'photos.example.com', true],
    ['*.example.com', 'a.b.c.example.com', true],
    ['*.EXAMPLE.com.', 'Photos.example.COM.', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.example.com', 'evilexample.com', false],
    ['*.example.com', 'example.com.evil.test', false],
    ['*.example.com', '*.example.com.evil.test', false],
    ['bücher.example', 'xn--bcher-kva.example', true],
    ['BÜCHER.example', 'xn--bcher-kva.example', true],
    ['*.bücher.example', 'bilder.xn--bcher-kva.example', true],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', true],
    ['bücher.example', 'bucher.example', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['::1', '[::1]', true],
    ['[::1]', '[::1]', true],
    ['::1', '[::2]', false],
  ])('is, where %s is named, permitted or not: %s %p', (named, host, permitted) => {
    expect(ruleThatAllows(named).permits(host)).toBe(permitted);
  });

  it('may be any of those that are named', () => {
    const rule = ruleThatAllows('one.test', '*.two.test', 'three.test');
    const asked = ['one.test', 'two.test', 'x.two.test', 'three.test', 'x.three.test', 'four.test'];
    expect(asked.filter((host) => rule.permits(host))).toEqual(['one.test', 'x.two.test', 'three.test']);
  });

  it('is permitted by a wildcard exactly if it ends in a dot and the name behind the star', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(label, label, fc.array(label, { maxLength: 3 }), (name, prefix, more) => {
        const rule = ruleThatAllows(`*.${name}.test`);
        expect(rule.permits([...more, prefix, name, 'test'].join('.'))).toBe(true);
        expect(rule.permits([...more, `${prefix}${name}`, 'test'].join('.'))).toBe(false);
        expect(rule.permits([...more, name, `test${prefix}`].join('.'))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

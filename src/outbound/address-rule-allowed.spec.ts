import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { AddressRule } from './address-rule.js';
import { SPECIAL_PURPOSE_BLOCKS } from './special-purpose-blocks.js';

function ruleThatAllows(...allowedNetworks: string[]): AddressRule {
  return new AddressRule({ allowedNetworks, allowedHosts: [] });
}

describe('the allowed networks', () => {
  it('add their addresses to the public ones, and nothing else', () => {
    const rule = ruleThatAllows('127.0.0.0/8', '10.2.0.0/16', 'fd12:3456::/32');
    const inside = [
      '127.0.0.1',
      '127.255.255.255',
      '10.2.0.0',
      '10.2.255.255',
      'fd12:3456::',
      '::ffff:10.2.3.4',
    ];
    expect(inside.filter((address) => !rule.permits(address))).toEqual([]);
    const outside = ['10.1.255.255', '10.3.0.0', '169.254.169.254', '::1', 'fd12:3455:ffff::', 'fd12:3457::'];
    expect(outside.filter((address) => rule.permits(address))).toEqual([]);
    expect(rule.permits('8.8.8.8')).toBe(true);
  });

  it('may be one address, or a block that is written by an address inside it', () => {
    expect(ruleThatAllows('10.0.0.1/32').permits('10.0.0.1')).toBe(true);
    expect(ruleThatAllows('10.0.0.1/32').permits('10.0.0.2')).toBe(false);
    expect(ruleThatAllows('10.1.2.3/8').permits('10.200.0.1')).toBe(true);
    expect(ruleThatAllows('::1/128').permits('::1')).toBe(true);
  });

  it.each([
    ['::ffff:10.0.0.0/104', '10.255.255.255', '172.16.0.1'],
    ['::ffff:a00:0/104', '10.0.0.1', '127.0.0.1'],
    ['::ffff:192.168.7.1/128', '192.168.7.1', '192.168.7.2'],
  ])('may name IPv4 as mapped into IPv6: %s', (block, inside, outside) => {
    const rule = ruleThatAllows(block);
    expect(rule.permits(inside)).toBe(true);
    expect(rule.permits(`::ffff:${inside}`)).toBe(true);
    expect(rule.permits(outside)).toBe(false);
    expect(rule.permits(`::ffff:${outside}`)).toBe(false);
  });

  it('do not mean IPv4 by ::a.b.c.d, which is another address', () => {
    const rule = ruleThatAllows('::10.0.0.0/104');
    expect(rule.permits('10.0.0.1')).toBe(false);
    expect(ruleThatAllows('10.0.0.0/8').permits('::10.0.0.1')).toBe(false);
  });

  it('mean all of IPv4 with ::ffff:0:0/96, and none of it with a block of IPv6 around that', () => {
    expect(ruleThatAllows('::ffff:0:0/96').permits('10.0.0.1')).toBe(true);
    for (const block of ['::/0', '::ffff:0:0/95', '::ffff:0:0/80']) {
      expect(ruleThatAllows(block).permits('10.0.0.1')).toBe(false);
      expect(ruleThatAllows(block).permits('::ffff:10.0.0.1')).toBe(false);
    }
  });

  it('let no family in for the other', () => {
    expect(ruleThatAllows('0.0.0.0/0').permits('::1')).toBe(false);
    expect(ruleThatAllows('::/0').permits('127.0.0.1')).toBe(false);
  });

  it.each([
    ['', '/8', 'localhost', 'localhost/8', '10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1'],
    ['10.0.0.0/08', '10.0.0.0/8 ', '10/8', '10.0/16', '010.0.0.0/8', '0x0a.0.0.0/8', '10.0.0.0/255.0.0.0'],
    ['fd00::/129', 'fd00::/1e1', '[fd00::]/8', 'fe80::%eth0/10', '10.0.0.0/8,11.0.0.0/8'],
  ])('have to be CIDR blocks, and none of these is one: %j, %j, …', (...blocks) => {
    for (const block of blocks) expect(() => ruleThatAllows(block)).toThrow(`${block} is no CIDR block`);
  });
});

const hex = (ipv4: string): [string, string] => {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
};
const inverted = (ipv4: string): string =>
  ipv4
    .split('.')
    .map((part) => 255 - Number(part))
    .join('.');

/** How an IPv4 address is written into each of the blocks of IPv6 that carry one. */
const CARRIERS: [form: string, block: string, write: (ipv4: string) => string][] = [
  ['compatible', '::/96', (ipv4) => `::${ipv4}`],
  ['translated', '::ffff:0:0:0/96', (ipv4) => `::ffff:0:${ipv4}`],
  ['behind NAT64', '64:ff9b::/96', (ipv4) => `64:ff9b::${ipv4}`],
  ['behind a local NAT64', '64:ff9b:1::/48', (ipv4) => `64:ff9b:1:7:8:9:${ipv4}`],
  ['in 6to4', '2002::/16', (ipv4) => `2002:${hex(ipv4).join(':')}:1::2`],
  ['in ISATAP', '2606:4700::/32', (ipv4) => `2606:4700:1:2:0:5efe:${ipv4}`],
  ['in ISATAP, marked as unique', '2606:4700::/32', (ipv4) => `2606:4700:1:2:200:5efe:${ipv4}`],
  ['in Teredo', '2001::/32', (ipv4) => `2001:0:808:808:0:1:${inverted(ipv4)}`],
];

describe.each(CARRIERS)('an IPv4 address %s (%s)', (_form, block, write) => {
  it('is refused, be it public or not', () => {
    expect(ruleThatAllows().permits(write('8.8.8.8'))).toBe(false);
    expect(ruleThatAllows('10.0.0.0/8').permits(write('10.0.0.1'))).toBe(false);
  });

  it('counts as the contained address if the block is allowed', () => {
    expect(ruleThatAllows(block).permits(write('8.8.8.8'))).toBe(true);
    for (const inside of ['10.0.0.1', '127.0.0.1', '169.254.169.254']) {
      expect(ruleThatAllows(block).permits(write(inside))).toBe(false);
      expect(ruleThatAllows('::/0').permits(write(inside))).toBe(false);
    }
    expect(ruleThatAllows(block, '10.0.0.0/8').permits(write('10.0.0.1'))).toBe(true);
  });
});

describe('an address that only looks like one of ISATAP', () => {
  it.each(['100', '1', '400'])('with %s before 5efe is an address of its own', (universal) => {
    expect(ruleThatAllows().permits(`2606:4700:1:2:${universal}:5efe:10.0.0.1`)).toBe(true);
  });
});

/** Node's own idea of which addresses are in which blocks: nothing of ours, and nothing of the library that we use. */
function getList(blocks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits] = block.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

const isSpecial = getList(SPECIAL_PURPOSE_BLOCKS.map(([block]) => block));
const isGlobalUnicast = getList(['0.0.0.0/0', '2000::/3']);
const isPublic = (address: string): boolean => isGlobalUnicast(address) && !isSpecial(address);

/** Addresses of all kinds, most of them in or near the blocks that matter. */
const anAddress = fc.oneof(
  fc.ipV4(),
  fc
    .tuple(fc.constantFrom(...SPECIAL_PURPOSE_BLOCKS), fc.nat({ max: 127 }), fc.nat({ max: 255 }))
    .map(([[block], bit, last]) => {
      const bytes = ipaddr.parseCIDR(block)[0].toByteArray();
      const at = bit % (bytes.length * 8);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
      bytes[bytes.length - 1] = last;
      return ipaddr.fromByteArray(bytes).toString();
    }),
  fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => ipaddr.fromByteArray([...bytes]).toString())
    .filter((address) => !address.startsWith('::ffff:')),
);
const aBlock = anAddress.chain((address) =>
  fc.nat({ max: isIP(address) === 4 ? 32 : 128 }).map((bits) => `${address}/${bits}`),
);

describe('whatever the allowed networks are', () => {
  it('an address that is neither in them nor public is never permitted', () => {
    fc.assert(
      fc.property(fc.array(aBlock, { maxLength: 4 }), anAddress, (blocks, address) => {
        const isAllowed = getList(blocks);
        if (isAllowed(address) || isPublic(address)) return;
        expect(ruleThatAllows(...blocks).permits(address)).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });

  it('an IPv4 address is permitted exactly if it is in them or public, mapped into IPv6 or not', () => {
    const ipv4 = anAddress.filter((address) => isIP(address) === 4);
    fc.assert(
      fc.property(fc.array(aBlock, { maxLength: 4 }), ipv4, (blocks, address) => {
        const rule = ruleThatAllows(...blocks);
        const ours = blocks.filter((block) => block.includes('.') && !block.includes(':'));
        const expected = getList(ours)(address) || isPublic(address);
        expect([rule.permits(address), rule.permits(`::ffff:${address}`)]).toEqual([expected, expected]);
      }),
      { numRuns: 1000 },
    );
  });

  it('a public address stays permitted', () => {
    const everyPublic = anAddress.filter(isPublic);
    fc.assert(
      fc.property(fc.array(aBlock, { maxLength: 4 }), everyPublic, (blocks, address) => {
        expect(ruleThatAllows(...blocks).permits(address)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('an IPv4 address inside an IPv6 one is judged by itself too, once its carrier is allowed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CARRIERS), fc.ipV4(), fc.boolean(), ([, block, write], inside, all) => {
        fc.pre(!/^0\.0\.0\.[01]$/.test(inside));
        expect(ruleThatAllows(all ? '::/0' : block).permits(write(inside))).toBe(isPublic(inside));
      }),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { AddressRule } from './address-rule.js';
import { SPECIAL_PURPOSE_BLOCKS } from './special-purpose-blocks.js';

function ruleThatAllows(...allowedNetworks: string[]): AddressRule {
  return new AddressRule({ allowedNetworks, allowedHosts: [] });
}

const strict = ruleThatAllows();

/**
 * The blocks of the IANA special-purpose address registries (IPv4 and IPv6, as of October 2025), of their deprecated entries
 * and of the multicast and reserved address space, with their first and last address. It is written down here once more, so
 * that a block that the code loses is missed. An IPv4 address mapped into IPv6 is judged as what it is.
 */
const REGISTERED = [
  ['0.0.0.0/8', '0.0.0.0', '0.255.255.255'],
  ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10', '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8', '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16', '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12', '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24', '192.0.0.0', '192.0.0.255'],
  ['192.0.2.0/24', '192.0.2.0', '192.0.2.255'],
  ['192.31.196.0/24', '192.31.196.0', '192.31.196.255'],
  ['192.52.193.0/24', '192.52.193.0', '192.52.193.255'],
  ['192.88.99.0/24', '192.88.99.0', '192.88.99.255'],
  ['192.168.0.0/16', '192.168.0.0', '192.168.255.255'],
  ['192.175.48.0/24', '192.175.48.0', '192.175.48.255'],
  ['198.18.0.0/15', '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24', '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
  ['224.0.0.0/4', '224.0.0.0', '239.255.255.255'],
  ['240.0.0.0/4', '240.0.0.0', '255.255.255.255'],
  ['::/128', '::', '::'],
  ['::1/128', '::1', '::1'],
  ['::/96', '::2', '::ffff:ffff'],
  ['::ffff:0:0:0/96', '::ffff:0:0:0', '::ffff:0:ffff:ffff'],
  ['64:ff9b::/96', '64:ff9b::', '64:ff9b::ffff:ffff'],
  ['64:ff9b:1::/48', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::/64', '100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::/64', '100:0:0:1::', '100::1:ffff:ffff:ffff:ffff'],
  ['2001::/23', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::/16', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::/48', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::/20', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::/16', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::/7', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::/10', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::/8', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
] as const;

describe('an address', () => {
  it.each(REGISTERED)('in %s is refused, from %s to %s', (_block, first, last) => {
    expect([first, last].filter((address) => strict.permits(address))).toEqual([]);
  });

  it('is refused by a table of our own, whatever else would refuse it too', () => {
    const blocks = SPECIAL_PURPOSE_BLOCKS.map(([block]) => block);
    expect(blocks.toSorted()).toEqual(REGISTERED.map(([block]) => block).toSorted());
  });

  it.each([
    ['0.0.0.0', 'every address of this machine'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback, at its other end'],
    ['10.96.0.1', 'the API of a Kubernetes cluster'],
    ['100.100.100.200', 'the metadata of Alibaba Cloud'],
    ['169.254.169.254', 'the metadata of AWS, Azure and Google Cloud'],
    ['192.0.0.192', 'the metadata of Oracle Cloud'],
    ['172.17.0.1', 'the bridge of Docker'],
    ['192.168.1.1', 'a router at home'],
    ['255.255.255.255', 'everybody on this network'],
    ['::', 'every address of this machine'],
    ['::1', 'loopback'],
    ['fd00:ec2::254', 'the metadata of AWS'],
    ['fd20:ce::254', 'the metadata of Google Cloud'],
    ['fe80::1', 'a neighbour'],
    ['ff02::1', 'all neighbours'],
    ['192.0.2.1', 'in an example'],
    ['198.51.100.1', 'in an example'],
    ['203.0.113.1', 'in an example'],
    ['2001:db8::1', 'in an example'],
    ['3fff::1', 'in an example'],
    ['198.18.0.1', 'in a benchmark'],
    ['224.0.0.1', 'a group'],
    ['240.0.0.1', 'reserved'],
    ['192.31.196.1', 'AS112'],
    ['192.175.48.1', 'AS112'],
    ['2620:4f:8000::1', 'AS112'],
    ['192.52.193.1', 'AMT'],
    ['192.88.99.1', 'a relay of 6to4'],
    ['100::1', 'a black hole'],
    ['100:0:0:1::1', 'a dummy'],
    ['2001:10::1', 'an ORCHID'],
    ['2001:20::1', 'an ORCHID'],
    ['5f00::1', 'a segment'],
    ['fec0::1', 'a site'],
    ['4000::1', 'space that nobody was given'],
    ['1::1', 'space that nobody was given'],
  ])('such as %s is refused: %s', (address) => {
    expect(strict.permits(address)).toBe(false);
  });

  it.each([
    ['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0'],
    ['192.0.3.0', '192.31.195.255', '192.31.197.0', '192.52.192.255', '192.52.194.0', '192.88.98.255'],
    ['192.88.100.0', '192.167.255.255', '192.169.0.0', '192.175.47.255', '192.175.49.0', '198.17.255.255'],
    ['198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
    [
      '2000::',
      '2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      '2001:200::',
      '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
    ],
    [
      '2001:db9::',
      '2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      '2003::',
      '2620:4f:7fff:ffff:ffff:ffff:ffff:ffff',
    ],
    ['2620:4f:8001::', '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:1000::', '2606:4700:4700::1111'],
  ])('just outside the blocks is permitted: %s, %s, …', (...neighbours) => {
    expect(neighbours.filter((address) => !strict.permits(address))).toEqual([]);
  });

  it.each([
    '',
    ' ',
    'localhost',
    'example.com',
    '8.8.8.8 ',
    ' 8.8.8.8',
    '8.8.8.8\0',
    '8.8.8.8\n',
    '8.8.8',
    '8.8.2056',
    '134744072',
    '0x08080808',
    '0x8.0x8.0x8.0x8',
    '010.010.010.010',
    '08.8.8.8',
    '8.8.8.8.',
    '8.8.8.256',
    '8.8.8.8:443',
    '8.8.8.8/32',
    '８.8.8.8',
    '[2606:4700:4700::1111]',
    '2606:4700:4700::1111/128',
    '2606:4700:4700:::1111',
    '2606:4700:4700::11111',
    '2606:4700::4700::1111',
    '%eth0',
  ])('has to be spelled as the system spells it; %j is refused', (spelling) => {
    expect(strict.permits(spelling)).toBe(false);
  });

  it('is refused under every spelling when it is loopback', () => {
    const anywhere = [
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '017700000001',
    ];
    const v6 = ['0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '::0001', '0::1', '::0.0.0.1'];
    const mapped = ['::ffff:127.0.0.1', '::FFFF:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:0001'];
    expect([...anywhere, ...v6, ...mapped].filter((address) => strict.permits(address))).toEqual([]);
  });

  it.each(['2606:4700:4700::1111', '2606:4700:4700:0000:0000:0000:0000:1111', '2606:4700:4700::0:1111'])(
    'is permitted under every right spelling when it is public: %s',
    (spelling) => {
      expect(strict.permits(spelling)).toBe(true);
      expect(strict.permits(spelling.toUpperCase())).toBe(true);
    },
  );

  it.each([
    ['fe80::1', false],
    ['::1', false],
    ['fec0::1', false],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['2606:4700:4700::1111', true],
  ])('is judged without its zone: %s', (address, permitted) => {
    for (const zone of ['%eth0', '%1', '%', '%25eth0', '%eth0%8.8.8.8', '%::1']) {
      expect(strict.permits(address + zone)).toBe(permitted);
    }
  });
});

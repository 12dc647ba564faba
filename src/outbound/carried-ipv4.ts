import ipaddr from 'ipaddr.js';

interface Carrier {
  readonly block: [ipaddr.IPv6, number];
  /** Offset of the four bytes in the sixteen, and the value they are XORed with. */
  readonly at: number;
  readonly mask: number;
}

/**
 * Blocks of IPv6 addresses that contain an IPv4 address. The mapped ones (`::ffff:a.b.c.d`) are not listed,
 * because they are treated as IPv4.
 */
const CARRIERS: readonly Carrier[] = [
  carrier('::/96', 12), // IPv4-compatible, RFC 4291 §2.5.5.1
  carrier('::ffff:0:0:0/96', 12), // IPv4-translated, RFC 2765 §2.1
  carrier('64:ff9b::/96', 12), // NAT64, RFC 6052 §2.1
  carrier('64:ff9b:1::/48', 12), // NAT64 within a network, RFC 8215, usually with a prefix of 96 bits
  carrier('2002::/16', 2), // 6to4, RFC 3056 §2
  carrier('2001::/32', 12, 0xff), // Teredo: the client behind the NAT, RFC 4380 §4
];

/**
 * Whether this is an ISATAP address of any prefix: `0000:5efe:a.b.c.d` or `0200:5efe:a.b.c.d` (RFC 5214 §6.1).
 */
function isIsatap(bytes: readonly number[]): boolean {
  const [universal = 0xff, ...rest] = bytes.slice(8, 12);
  return (universal & ~0x02) === 0 && rest.join() === '0,94,254';
}

/** The IPv4 address that an IPv6 address contains, if any. `::` and `::1` contain none. */
export function carriedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return undefined;
  const found = CARRIERS.find(({ block }) => address.match(...block));
  if (found === undefined) return isIsatap(bytes) ? new ipaddr.IPv4(bytes.slice(12)) : undefined;
  return new ipaddr.IPv4(bytes.slice(found.at, found.at + 4).map((byte) => byte ^ found.mask));
}

function carrier(block: string, at: number, mask = 0): Carrier {
  return { block: ipaddr.IPv6.parseCIDR(block), at, mask };
}

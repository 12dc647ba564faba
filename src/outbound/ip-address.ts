import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Block = readonly [network: Address, bits: number];

/**
 * Parses an address as the system writes it; undefined for anything else. The library alone would also accept
 * other spellings (`127.1`, `010.0.0.1`), and `::a.b.c.d` for the mapped `::ffff:a.b.c.d`.
 */
export function parseAddress(text: string): Address | undefined {
  switch (isIP(text)) {
    case 4:
      return ipaddr.IPv4.parse(text);
    case 6:
      return ipaddr.IPv6.parse(text.replace(/\d+\.\d+\.\d+\.\d+/, toGroups));
    default:
      return undefined;
  }
}

/** Parses a CIDR block (RFC 4632 §3.1, RFC 4291 §2.3); undefined for anything else. */
export function parseBlock(text: string): Block | undefined {
  const [, network = '', bits = ''] = /^([^/%]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseAddress(network);
  if (address === undefined || Number(bits) > address.toByteArray().length * 8) return undefined;
  return [address, Number(bits)];
}

/** Whether a text is a CIDR block. */
export function isBlock(text: string): boolean {
  return parseBlock(text) !== undefined;
}

/** Converts the dotted last four bytes of an IPv6 address to hexadecimal groups. */
function toGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Whether a text is a port number in plain digits. */
export function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}

import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { carriedIPv4 } from './carried-ipv4.js';
import { type Address, type Block, parseAddress, parseBlock } from './ip-address.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound.options.js';
import { GLOBAL_UNICAST, SPECIAL_PURPOSE_BLOCKS } from './special-purpose-blocks.js';

const REFUSED = SPECIAL_PURPOSE_BLOCKS.map(([block]) => ipaddr.parseCIDR(block));
const PUBLIC_IPV6 = ipaddr.parseCIDR(GLOBAL_UNICAST);

/**
 * Decides which addresses may be connected to: public unicast addresses, and the blocks in the options.
 *
 * An IPv4 address mapped into IPv6 (`::ffff:a.b.c.d`) is treated as that IPv4 address. Every other IPv6 address
 * that contains an IPv4 address (compatible, translated, 6to4, Teredo, NAT64, ISATAP) is refused. If the
 * options allow such a block, the contained address must be permitted too.
 */
@Injectable()
export class AddressRule {
  private readonly allowed: readonly Block[];
  private readonly ports: ReadonlySet<number>;

  /** @throws Error if a block in the options is not a CIDR block */
  constructor(@Inject(OUTBOUND_OPTIONS) options: OutboundOptions) {
    this.allowed = options.allowedNetworks.map(allowedBlock);
    this.ports = new Set(options.allowedPorts);
  }

  /** @param address an IP address as the system writes it; any other spelling is refused */
  permits(address: string): boolean {
    const zone = address.indexOf('%');
    const bare = zone === -1 ? address : address.slice(0, zone);
    const parsed = parseAddress(bare);
    return parsed !== undefined && this.permitsParsed(unmapped(parsed));
  }

  /** Whether a port may be connected to: any port, unless the options list some. */
  permitsPort(port: number): boolean {
    return this.ports.size === 0 || this.ports.has(port);
  }

  private permitsParsed(address: Address): boolean {
    if (!this.allowed.some((block) => contains(block, address))) return isPublic(address);
    const inside = address instanceof ipaddr.IPv6 ? carriedIPv4(address) : undefined;
    return inside === undefined || this.permitsParsed(inside);
  }
}

/** Checks both our table and the library's, because each may lack a block. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || REFUSED.some((block) => contains(block, address))) return false;
  return !(address instanceof ipaddr.IPv6) || (contains(PUBLIC_IPV6, address) && !carriedIPv4(address));
}

function contains([network, bits]: Block, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

function unmapped(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Parses a block. `::ffff:10.0.0.0/104` means the IPv4 block `10.0.0.0/8`. */
function allowedBlock(text: string): Block {
  const block = parseBlock(text);
  if (block === undefined) throw new Error(`${text} is no CIDR block`);
  const [network, bits] = block;
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= 96) {
    return [network.toIPv4Address(), bits - 96];
  }
  return block;
}

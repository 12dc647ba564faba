import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound.options.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = [Address, number];

/**
 * Blocks of the IANA special-purpose registries (RFC 6890) that are not for the public Internet and that ipaddr.js
 * calls unicast, or does not know.
 */
const FURTHER_BLOCKS: readonly (readonly [block: string, source: string])[] = [
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890'],
  ['192.88.99.0/24', 'deprecated 6to4 relay anycast, RFC 7526'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['240.0.0.0/4', 'reserved, RFC 1112'],
  ['100::/64', 'discard-only, RFC 6666'],
  ['100:0:0:1::/64', 'dummy prefix, RFC 9780'],
  ['2001::/23', 'IETF protocol assignments, RFC 2928'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['2620:4f:8000::/48', 'AS112, RFC 7534'],
  ['3fff::/20', 'documentation, RFC 9637'],
  ['5f00::/16', 'segment routing, RFC 9602'],
  ['fec0::/10', 'deprecated site-local, RFC 3879'],
];

/** The one IPv6 block that unicast addresses of the Internet are given out of (RFC 4291 §2.4, IANA). */
const GLOBAL_UNICAST: Block = ipaddr.parseCIDR('2000::/3');

/**
 * Which addresses may be connected to: public unicast ones, and the blocks that the options add. An address that
 * carries an IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64) is refused, save a mapped one,
 * which is the IPv4 address itself.
 */
@Injectable()
export class AddressRule {
  private readonly allowed: readonly Block[];
  private readonly refused: readonly Block[];

  constructor(@Inject(OUTBOUND_OPTIONS) options: OutboundOptions) {
    this.allowed = options.allowedNetworks.map((block) => normalBlock(ipaddr.parseCIDR(block)));
    this.refused = FURTHER_BLOCKS.map(([block]) => ipaddr.parseCIDR(block));
  }

  /** @param address an IP address as the system writes it; anything else is refused */
  permits(address: string): boolean {
    const bare = address.replace(/%.*$/, '');
    if (!ipaddr.isValid(bare)) return false;
    const parsed = ipaddr.process(bare);
    if (this.allowed.some((block) => contains(block, parsed))) return true;
    if (parsed.range() !== 'unicast' || this.refused.some((block) => contains(block, parsed))) return false;
    return parsed.kind() === 'ipv4' || contains(GLOBAL_UNICAST, parsed);
  }
}

function contains([network, bits]: Block, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

/** `::ffff:10.0.0.0/104` means the IPv4 block `10.0.0.0/8`. */
function normalBlock([network, bits]: Block): Block {
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= 96) {
    return [network.toIPv4Address(), bits - 96];
  }
  return [network, bits];
}

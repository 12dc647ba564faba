import { BlockList, isIP } from 'node:net';

/** Returns a function that checks whether an address is in one of the CIDR blocks of trusted proxies. */
export function trustedProxies(blocks: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const block of blocks) {
    const [network = '', bits] = block.split('/');
    trusted.addSubnet(network, Number(bits), getFamily(network));
  }
  return (address) => isIP(address) !== 0 && trusted.check(address, getFamily(address));
}

function getFamily(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

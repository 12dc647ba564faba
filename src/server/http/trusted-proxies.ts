import { BlockList, isIP } from 'node:net';

/** Whether an address is that of a proxy whose `X-Forwarded-For` is believed: in one of the CIDR blocks. */
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

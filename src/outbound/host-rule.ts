import { Inject, Injectable } from '@nestjs/common';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound.options.js';

/** Which host names may be asked, where the options name any. */
@Injectable()
export class HostRule {
  private readonly exact: ReadonlySet<string>;
  private readonly suffixes: readonly string[];

  constructor(@Inject(OUTBOUND_OPTIONS) options: OutboundOptions) {
    const hosts = options.allowedHosts.map(normalName);
    this.exact = new Set(hosts.filter((host) => !host.startsWith('*.')));
    this.suffixes = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  }

  /** @param hostname of a parsed URL, which is in lower case and in Punycode already */
  permits(hostname: string): boolean {
    if (this.exact.size === 0 && this.suffixes.length === 0) return true;
    const name = normalName(hostname);
    return (
      this.exact.has(name) ||
      this.suffixes.some((suffix) => name.length > suffix.length && name.endsWith(suffix))
    );
  }
}

function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

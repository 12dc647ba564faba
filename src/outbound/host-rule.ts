import { domainToASCII } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound.options.js';

/** Decides which host names may be used, if the options list any. */
@Injectable()
export class HostRule {
  private readonly exact: ReadonlySet<string>;
  private readonly suffixes: readonly string[];

  constructor(@Inject(OUTBOUND_OPTIONS) options: OutboundOptions) {
    const hosts = options.allowedHosts.map(normalName);
    this.exact = new Set(hosts.filter((host) => !host.startsWith('*.')));
    this.suffixes = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  }

  /**
   * Whether a host may be used. `*.example.com` permits every name below `example.com`, but not `example.com`
   * itself. Upper case and a trailing dot make no difference.
   *
   * @param hostname hostname of a parsed URL, which is in Punycode
   */
  permits(hostname: string): boolean {
    if (this.exact.size === 0 && this.suffixes.length === 0) return true;
    const name = normalName(hostname);
    return (
      this.exact.has(name) ||
      this.suffixes.some((suffix) => name.length > suffix.length && name.endsWith(suffix))
    );
  }

  /** Whether any host below a name may be used. */
  permitsBelow(stem: string): boolean {
    const below = `.${normalName(stem)}`;
    const isFree = this.exact.size === 0 && this.suffixes.length === 0;
    const isNamed = [...this.exact].some((name) => name.endsWith(below));
    return isFree || isNamed || this.suffixes.some((each) => each.endsWith(below) || below.endsWith(each));
  }
}

/**
 * Converts a name to lower case and Punycode (RFC 5891 §4), without a trailing dot and without the brackets of
 * an IPv6 address.
 */
function normalName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  const stem = plain.startsWith('*.') ? plain.slice(2) : plain;
  const ascii = domainToASCII(stem);
  return ascii === '' ? plain : plain.slice(0, plain.length - stem.length) + ascii;
}

import { isIP } from 'node:net';
import { isHostPattern } from '../host-names.js';

/** Which URLs an entry is for: those of one host, or of all below it, by scheme and port. */
export interface HostPattern {
  readonly protocol: 'http:' | 'https:';
  /** In Punycode and lower case; an IPv6 address in brackets. */
  readonly hostname: string;
  readonly port: string;
  /** Whether the hosts below `hostname` are meant, and not that itself. */
  readonly isWildcard: boolean;
}

/**
 * `photos.example.com`, with `*.` or a scheme before it and a port behind it where that is wanted. Undefined for anything
 * else, such as a URL with a path.
 */
export function parseHostPattern(text: string): HostPattern | undefined {
  const match = /^(https?:\/\/)?(\*\.)?([^/?#@\\*]+)$/i.exec(text);
  const [, scheme = 'https://', wildcard, authority = ''] = match ?? [];
  const url = match === null ? null : URL.parse(`${scheme}${authority}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  const isAddress = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  if (!isAddress && !isHostPattern(url.hostname)) return undefined;
  if (url.hostname.endsWith('.') || (isAddress && wildcard !== undefined)) return undefined;
  return {
    protocol: url.protocol,
    hostname: url.hostname,
    port: getPort(url),
    isWildcard: wildcard !== undefined,
  };
}

/** One text for each pattern. */
export function toKey({ protocol, hostname, port, isWildcard }: HostPattern): string {
  return `${protocol}//${isWildcard ? '*.' : ''}${hostname}:${port}`;
}

/** The port of a URL, that of its scheme included. */
export function getPort({ protocol, port }: URL): string {
  if (port !== '') return port;
  return protocol === 'https:' ? '443' : '80';
}

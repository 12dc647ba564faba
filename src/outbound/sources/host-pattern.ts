import { isIP } from 'node:net';
import { isHostPattern } from '../host-names.js';

/** The URLs of an entry: those of one host, or of all hosts below it, with a scheme and port. */
export interface HostPattern {
  readonly protocol: 'http:' | 'https:';
  /** In Punycode and lower case; an IPv6 address in brackets. */
  readonly hostname: string;
  readonly port: string;
  /** Whether it matches the hosts below `hostname`, and not `hostname` itself. */
  readonly isWildcard: boolean;
}

/**
 * Parses `photos.example.com`, optionally with a scheme and `*.` before it and a port behind it. Undefined for
 * anything else, such as a URL with a path.
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

/** A unique key of a pattern. */
export function toKey({ protocol, hostname, port, isWildcard }: HostPattern): string {
  return `${protocol}//${isWildcard ? '*.' : ''}${hostname}:${port}`;
}

/** The port of a URL, or the default port of its scheme. */
export function getPort({ protocol, port }: URL): string {
  if (port !== '') return port;
  return protocol === 'https:' ? '443' : '80';
}

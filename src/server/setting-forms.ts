import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether only this machine can reach a server that listens on this host. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback';
}

/** An IP address or a host name, without a port. */
export function isHost(value: string): boolean {
  return isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value);
}

export function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);
}

/** A URL at which people reach the server, without user info, query and fragment. */
export function isPublicUrl(value: string): boolean {
  const url = /^https?:\/\//.test(value) ? URL.parse(value) : null;
  return url !== null && url.username + url.password + url.search + url.hash === '';
}

/** An origin as browsers send it: only scheme, host and port, in lower case. */
export function isOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.parse(value)?.origin === value;
}

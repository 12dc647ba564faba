import type { HostRule } from '../../outbound/host-rule.js';
import { ForbiddenHostError } from '../../outbound/outbound-errors.js';
import { FetchFault } from './fetch-fault.js';

/** Statuses that send on with `Location` (RFC 9110 §15.4). */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * Where a hop leads, if it may be asked at all. The address is judged later, when the socket connects.
 *
 * @throws FetchFault, ForbiddenHostError
 */
export function targetOf(location: string, from: URL | undefined, hosts: HostRule): URL {
  const target = URL.parse(location, from?.href);
  if (
    target === null ||
    !/^https?:$/.test(target.protocol) ||
    target.username !== '' ||
    target.password !== ''
  ) {
    throw new FetchFault(
      'bad_redirect',
      'the host redirected to an address that is no plain http or https URL',
    );
  }
  if (!hosts.permits(target.hostname)) throw new ForbiddenHostError();
  target.hash = '';
  return target;
}

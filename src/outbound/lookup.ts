import dns from 'node:dns';

/** Looks a name up as `dns.lookup` with `all` does. */
export type LookupAll = (
  hostname: string,
  options: dns.LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void;

/** The look-up of host names, which a test replaces by one of its own. */
export const LOOKUP = Symbol('LOOKUP');

/** As the system looks names up: its hosts file, its resolver and their order. */
export const systemLookup: LookupAll = (hostname, options, done) => dns.lookup(hostname, options, done);

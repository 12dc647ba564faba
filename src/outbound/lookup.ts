import dns from 'node:dns';

type Done = (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void;

/** Looks up a name like `dns.lookup` with `all`. */
export type LookupAll = (hostname: string, options: dns.LookupAllOptions, done: Done) => void;

/** The look-up of host names. Tests replace it. */
export const LOOKUP = Symbol('LOOKUP');

/**
 * Shares one look-up among all callers that need the same name at the same time. A look-up without an answer
 * holds a thread for half a minute; otherwise each attempt at an image of such a host would hold another one.
 */
export function sharedLookup(lookup: LookupAll): LookupAll {
  const asked = new Map<string, Done[]>();
  return (hostname, options, done) => {
    const { family = 0, hints = 0, order = '', verbatim = '' } = options;
    const key = `${hostname} ${family} ${hints} ${order} ${verbatim}`;
    const waiting = asked.get(key);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    const all = [done];
    asked.set(key, all);
    try {
      lookup(hostname, options, (error, addresses) => {
        asked.delete(key);
        for (const each of all) each(error, addresses);
      });
    } catch (error) {
      asked.delete(key);
      throw error;
    }
  };
}

/** The look-up of the system, with its hosts file and resolver. */
export const systemLookup: LookupAll = sharedLookup((hostname, options, done) =>
  dns.lookup(hostname, options, done),
);

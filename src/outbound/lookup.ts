import dns from 'node:dns';

type Done = (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void;

/** Looks a name up as `dns.lookup` with `all` does. */
export type LookupAll = (hostname: string, options: dns.LookupAllOptions, done: Done) => void;

/** The look-up of host names, which a test replaces by one of its own. */
export const LOOKUP = Symbol('LOOKUP');

/**
 * A look-up for whoever asks for a name while it is being looked up. One that a name server leaves without an answer holds
 * a thread for half a minute: without this, each try at an image of such a host would take one more.
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

/** As the system looks names up: its hosts file, its resolver and their order. */
export const systemLookup: LookupAll = sharedLookup((hostname, options, done) =>
  dns.lookup(hostname, options, done),
);

/** Who waits for a host, for whom. */
interface Place<W> {
  readonly host: string;
  readonly waiter: W;
}

/**
 * A waiting line in turns: whoever they wait for (a job) takes turns first, then the hosts of each; within both the
 * first come is the first served. So ten images are not behind the thousands that were there before, on whatever hosts.
 */
export class WaitingLine<W> {
  /** By turn, then by host: in the order in which they come next. None is empty. */
  private readonly turns = new Map<string, Map<string, Set<W>>>();
  private readonly counts = new Map<string, number>();

  /** How many wait for a host. */
  count(host: string): number {
    return this.counts.get(host) ?? 0;
  }

  add(turn: string, host: string, waiter: W): void {
    const hosts = this.turns.get(turn) ?? new Map<string, Set<W>>();
    const waiters = hosts.get(host) ?? new Set<W>();
    this.turns.set(turn, hosts.set(host, waiters.add(waiter)));
    this.counts.set(host, this.count(host) + 1);
  }

  remove(turn: string, host: string, waiter: W): void {
    const hosts = this.turns.get(turn);
    const waiters = hosts?.get(host);
    if (hosts === undefined || waiters?.delete(waiter) !== true) return;
    if (waiters.size === 0) hosts.delete(host);
    if (hosts.size === 0) this.turns.delete(turn);
    const left = this.count(host) - 1;
    if (left === 0) this.counts.delete(host);
    else this.counts.set(host, left);
  }

  /** Everybody who waits for a host. */
  of(host: string): W[] {
    return [...this.turns.values()].flatMap((hosts) => [...(hosts.get(host) ?? [])]);
  }

  /**
   * Who comes next among those whose host has room; their turn and their host come last then. They keep their place until
   * they are removed.
   */
  next(hasRoom: (host: string) => boolean): Place<W> | undefined {
    for (const [turn, hosts] of this.turns) {
      for (const [host, waiters] of hosts) {
        const [waiter] = waiters;
        if (waiter === undefined || !hasRoom(host)) continue;
        moveToEnd(hosts, host);
        moveToEnd(this.turns, turn);
        return { host, waiter };
      }
    }
    return undefined;
  }
}

function moveToEnd<V>(map: Map<string, V>, key: string): void {
  const value = map.get(key);
  if (value === undefined || map.size === 1) return;
  map.delete(key);
  map.set(key, value);
}

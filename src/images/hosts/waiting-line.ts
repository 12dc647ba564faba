/** Who waits for a host, for whom. */
interface Place<W> {
  readonly host: string;
  readonly waiter: W;
}

/**
 * A waiting line in turns: whoever they wait for (a job) takes turns first, then the hosts of each; within both the
 * first come is the first served. So ten images are not behind the thousands that were there before, on whatever hosts.
 *
 * A host that was found without room is passed over from then on, without being looked at, until {@link unblock} is called:
 * thousands of hosts may wait.
 */
export class WaitingLine<W> {
  /** Those of hosts that may have room, by turn, then by host: in the order in which they come next. None is empty. */
  private readonly turns = new Map<string, Map<string, Set<W>>>();
  /** All of them, by host, then by turn. None is empty. */
  private readonly hosts = new Map<string, Map<string, Set<W>>>();
  private readonly blocked = new Set<string>();

  /** How many wait for a host. */
  count(host: string): number {
    let count = 0;
    for (const waiters of this.hosts.get(host)?.values() ?? []) count += waiters.size;
    return count;
  }

  /** Whether anybody waits for a host. */
  has(host: string): boolean {
    return this.hosts.has(host);
  }

  add(turn: string, host: string, waiter: W): void {
    const turns = this.hosts.get(host) ?? new Map<string, Set<W>>();
    const waiters = turns.get(turn) ?? new Set<W>();
    this.hosts.set(host, turns.set(turn, waiters.add(waiter)));
    if (!this.blocked.has(host)) this.line(turn, host, waiters);
  }

  remove(turn: string, host: string, waiter: W): void {
    const turns = this.hosts.get(host);
    const waiters = turns?.get(turn);
    if (turns === undefined || waiters?.delete(waiter) !== true || waiters.size > 0) return;
    this.unline(turn, host);
    turns.delete(turn);
    if (turns.size > 0) return;
    this.hosts.delete(host);
    this.blocked.delete(host);
  }

  /** Everybody who waits for a host now, by turn. */
  of(host: string): ReadonlyMap<string, readonly W[]> {
    const turns = this.hosts.get(host) ?? new Map<string, Set<W>>();
    return new Map(Array.from(turns, ([turn, waiters]) => [turn, [...waiters]]));
  }

  /** A host may have room again. Its waiters come last. */
  unblock(host: string): void {
    if (!this.blocked.delete(host)) return;
    for (const [turn, waiters] of this.hosts.get(host) ?? []) this.line(turn, host, waiters);
  }

  /**
   * Who comes next among those whose host has room; their turn and their host come last then. They keep their place until
   * they are removed.
   */
  next(hasRoom: (host: string) => boolean): Place<W> | undefined {
    for (const [turn, hosts] of this.turns) {
      for (const [host, waiters] of hosts) {
        const [waiter] = waiters;
        if (waiter === undefined) continue;
        if (!hasRoom(host)) {
          this.block(host);
          continue;
        }
        moveToEnd(hosts, host);
        moveToEnd(this.turns, turn);
        moveToEnd(this.hosts.get(host), turn);
        return { host, waiter };
      }
    }
    return undefined;
  }

  private block(host: string): void {
    this.blocked.add(host);
    for (const turn of this.hosts.get(host)?.keys() ?? []) this.unline(turn, host);
  }

  private line(turn: string, host: string, waiters: Set<W>): void {
    const hosts = this.turns.get(turn) ?? new Map<string, Set<W>>();
    this.turns.set(turn, hosts.set(host, waiters));
  }

  private unline(turn: string, host: string): void {
    const hosts = this.turns.get(turn);
    if (hosts?.delete(host) === true && hosts.size === 0) this.turns.delete(turn);
  }
}

function moveToEnd<V>(map: Map<string, V> | undefined, key: string): void {
  const value = map?.get(key);
  if (map === undefined || value === undefined || map.size === 1) return;
  map.delete(key);
  map.set(key, value);
}

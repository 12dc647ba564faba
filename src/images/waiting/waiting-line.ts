import { LinkedEntry, LinkedList } from './linked-list.js';

/** Who waits for a host, for whom. */
interface Place<W> {
  readonly host: string;
  readonly waiter: W;
}

/** The hosts that are waited for with one fairness key. */
class KeyQueue<W> {
  /** Those whose hosts may have room. */
  readonly groups = new LinkedList<Group<W>>();
  /** In the line while there is such a group. */
  readonly inLine = new LinkedEntry<KeyQueue<W>>(this);
  /** Groups, those of hosts without room included. */
  size = 0;

  constructor(readonly name: string) {}
}

class Host<W> {
  readonly groups = new LinkedList<Group<W>>();
  readonly byKey = new Map<string, Group<W>>();
  isBlocked = false;

  constructor(readonly name: string) {}
}

/** Those who wait for one host with one fairness key. There is always at least one. */
class Group<W> {
  readonly waiters = new Set<W>();
  readonly inKey = new LinkedEntry<Group<W>>(this);
  readonly inHost = new LinkedEntry<Group<W>>(this);

  constructor(
    readonly key: KeyQueue<W>,
    readonly host: Host<W>,
  ) {}
}

/**
 * A queue that is fair to fairness keys (jobs) first, and then to the hosts of each key. For one key and host it is first in,
 * first out. So ten images of one job do not wait for the thousands of another, whatever hosts they are on.
 *
 * A host that was found without room is passed over from then on, without being looked at, until {@link unblock} is called:
 * thousands of hosts may wait. So the first of the line is the only one that is ever looked at.
 */
export class WaitingLine<W> {
  /** The keys that have a host which may have room, in the order in which they are served next. */
  private readonly line = new LinkedList<KeyQueue<W>>();
  private readonly keys = new Map<string, KeyQueue<W>>();
  private readonly hosts = new Map<string, Host<W>>();

  /** How many wait for a host. */
  count(host: string): number {
    let count = 0;
    for (const { waiters } of this.hosts.get(host)?.byKey.values() ?? []) count += waiters.size;
    return count;
  }

  /** Whether anybody waits for a host. */
  has(host: string): boolean {
    return this.hosts.has(host);
  }

  /** Whether anybody waits for a host with a fairness key. */
  isWaiting(fairnessKey: string, host: string): boolean {
    return this.hosts.get(host)?.byKey.has(fairnessKey) === true;
  }

  add(fairnessKey: string, host: string, waiter: W): void {
    const group = this.hosts.get(host)?.byKey.get(fairnessKey) ?? this.open(fairnessKey, host);
    group.waiters.add(waiter);
  }

  remove(fairnessKey: string, host: string, waiter: W): void {
    const group = this.hosts.get(host)?.byKey.get(fairnessKey);
    if (group?.waiters.delete(waiter) === true && group.waiters.size === 0) this.close(group);
  }

  /** Everybody who waits for a host now, by fairness key. */
  of(host: string): ReadonlyMap<string, readonly W[]> {
    const byKey = this.hosts.get(host)?.byKey ?? new Map<string, Group<W>>();
    return new Map(Array.from(byKey, ([fairnessKey, { waiters }]) => [fairnessKey, [...waiters]]));
  }

  /** A host may have room again. Its waiters come last. */
  unblock(name: string): void {
    const host = this.hosts.get(name);
    if (host?.isBlocked !== true) return;
    host.isBlocked = false;
    for (let entry = host.groups.first; entry !== undefined; entry = entry.next) this.enter(entry.value);
  }

  /**
   * Who comes next among those whose host has room; their key and their host come last then. They keep their place until
   * they are removed.
   */
  next(hasRoom: (host: string) => boolean): Place<W> | undefined {
    for (let key = this.line.first; key !== undefined; key = this.line.first) {
      const group = key.value.groups.first?.value;
      // For the types alone: a key leaves the line with its last group, and a group its lists with its last waiter.
      if (group === undefined) return undefined;
      if (!hasRoom(group.host.name)) {
        this.block(group.host);
        continue;
      }
      key.value.groups.moveToEnd(group.inKey);
      this.line.moveToEnd(key);
      group.host.groups.moveToEnd(group.inHost);
      const [waiter] = group.waiters;
      return waiter === undefined ? undefined : { host: group.host.name, waiter };
    }
    return undefined;
  }

  private open(keyName: string, hostName: string): Group<W> {
    const key = this.keys.get(keyName) ?? new KeyQueue<W>(keyName);
    const host = this.hosts.get(hostName) ?? new Host<W>(hostName);
    const group = new Group(key, host);
    this.keys.set(keyName, key);
    this.hosts.set(hostName, host);
    key.size += 1;
    host.byKey.set(keyName, group);
    host.groups.append(group.inHost);
    if (!host.isBlocked) this.enter(group);
    return group;
  }

  private close(group: Group<W>): void {
    const { host, key } = group;
    this.leave(group);
    host.groups.remove(group.inHost);
    host.byKey.delete(key.name);
    if (host.byKey.size === 0) this.hosts.delete(host.name);
    key.size -= 1;
    if (key.size === 0) this.keys.delete(key.name);
  }

  private block(host: Host<W>): void {
    host.isBlocked = true;
    for (let entry = host.groups.first; entry !== undefined; entry = entry.next) this.leave(entry.value);
  }

  private enter(group: Group<W>): void {
    this.line.append(group.key.inLine);
    group.key.groups.append(group.inKey);
  }

  private leave({ key, inKey }: Group<W>): void {
    key.groups.remove(inKey);
    if (key.groups.isEmpty) this.line.remove(key.inLine);
  }
}

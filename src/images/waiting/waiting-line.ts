import { LinkedEntry, LinkedList } from './linked-list.js';

/** A waiter and its host. */
interface Entry<W> {
  readonly host: string;
  readonly waiter: W;
}

/** The hosts with waiters of one fairness key. */
class KeyQueue<W> {
  /** The groups whose hosts are not blocked. */
  readonly groups = new LinkedList<Group<W>>();
  /** In the line while `groups` is not empty. */
  readonly inLine = new LinkedEntry<KeyQueue<W>>(this);
  /** Number of groups, including those of blocked hosts. */
  size = 0;

  constructor(readonly name: string) {}
}

class HostQueue<W> {
  readonly groups = new LinkedList<Group<W>>();
  readonly byKey = new Map<string, Group<W>>();
  isBlocked = false;

  constructor(readonly name: string) {}
}

/** The waiters of one host and one fairness key. There is always at least one. */
class Group<W> {
  readonly waiters = new Set<W>();
  readonly inKey = new LinkedEntry<Group<W>>(this);
  readonly inHost = new LinkedEntry<Group<W>>(this);

  constructor(
    readonly key: KeyQueue<W>,
    readonly host: HostQueue<W>,
  ) {}
}

/**
 * A queue that is fair to fairness keys (jobs) first, and then to the hosts of each key. Waiters of one key and
 * host are served first in, first out. Ten images of one job therefore do not wait for the thousands of
 * another, whatever hosts they are on.
 *
 * A host without room is blocked until {@link unblock} is called, and skipped until then. Because thousands
 * of hosts may wait, `next` never searches: it returns the first waiter, or blocks its host and looks at the new first one.
 */
export class WaitingLine<W> {
  /** The keys with a host that is not blocked. The next key to serve is first. */
  private readonly line = new LinkedList<KeyQueue<W>>();
  private readonly keys = new Map<string, KeyQueue<W>>();
  private readonly hosts = new Map<string, HostQueue<W>>();

  /** Number of waiters of a host. */
  count(host: string): number {
    let count = 0;
    for (const { waiters } of this.hosts.get(host)?.byKey.values() ?? []) count += waiters.size;
    return count;
  }

  /** Whether a host has waiters. */
  has(host: string): boolean {
    return this.hosts.has(host);
  }

  /** Whether a host has waiters of a fairness key. */
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

  /** The waiters of a host, by fairness key. */
  getWaiters(host: string): ReadonlyMap<string, readonly W[]> {
    const byKey = this.hosts.get(host)?.byKey ?? new Map<string, Group<W>>();
    return new Map(Array.from(byKey, ([fairnessKey, { waiters }]) => [fairnessKey, [...waiters]]));
  }

  /** Unblocks a host. Its groups go to the end of the lists of their keys; a key that is not in the line joins it at the end. */
  unblock(name: string): void {
    const host = this.hosts.get(name);
    if (host?.isBlocked !== true) return;
    host.isBlocked = false;
    for (let entry = host.groups.first; entry !== undefined; entry = entry.next) this.enter(entry.value);
  }

  /**
   * Returns the next waiter whose host has room, and moves its key and host to the end of the line. The waiter
   * stays in the line until it is removed.
   */
  next(hasRoom: (host: string) => boolean): Entry<W> | undefined {
    for (let key = this.line.first; key !== undefined; key = this.line.first) {
      const group = key.value.groups.first?.value;
      // Never happens: a key leaves the line with its last group, and a group leaves its lists with its last
      // waiter.
      if (group === undefined) return undefined;
      if (!hasRoom(group.host.name)) {
        this.block(group.host);
        continue;
      }
      // The order of the keys, and of the hosts of this key, makes the line fair. The order of the keys of this host
      // decides which one enters the line first when the host is unblocked.
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
    const host = this.hosts.get(hostName) ?? new HostQueue<W>(hostName);
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

  private block(host: HostQueue<W>): void {
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

import { LinkedEntry, LinkedList } from '../linked-list.js';

/** Who waits for a host, for whom. */
interface Place<W> {
  readonly host: string;
  readonly waiter: W;
}

/** Hosts of one turn. */
class Turn<W> {
  /** Those whose hosts may have room. */
  readonly groups = new LinkedList<Group<W>>();
  /** In the line while there is such a group. */
  readonly inLine = new LinkedEntry<Turn<W>>(this);
  /** Groups, those of hosts without room included. */
  size = 0;

  constructor(readonly name: string) {}
}

class Host<W> {
  readonly groups = new LinkedList<Group<W>>();
  readonly byTurn = new Map<string, Group<W>>();
  isBlocked = false;

  constructor(readonly name: string) {}
}

/** Those who wait for one host in one turn: one at the least. */
class Group<W> {
  readonly waiters = new Set<W>();
  readonly inTurn = new LinkedEntry<Group<W>>(this);
  readonly inHost = new LinkedEntry<Group<W>>(this);

  constructor(
    readonly turn: Turn<W>,
    readonly host: Host<W>,
  ) {}
}

/**
 * A waiting line in turns: whoever they wait for (a job) takes turns first, then the hosts of each; within both the
 * first come is the first served. So ten images are not behind the thousands that were there before, on whatever hosts.
 *
 * A host that was found without room is passed over from then on, without being looked at, until {@link unblock} is called:
 * thousands of hosts may wait. So the first of the line is the only one that is ever looked at.
 */
export class WaitingLine<W> {
  /** The turns that have a host which may have room, in the order in which they come next. */
  private readonly line = new LinkedList<Turn<W>>();
  private readonly turns = new Map<string, Turn<W>>();
  private readonly hosts = new Map<string, Host<W>>();

  /** How many wait for a host. */
  count(host: string): number {
    let count = 0;
    for (const { waiters } of this.hosts.get(host)?.byTurn.values() ?? []) count += waiters.size;
    return count;
  }

  /** Whether anybody waits for a host. */
  has(host: string): boolean {
    return this.hosts.has(host);
  }

  /** Whether anybody waits for a host in a turn. */
  isWaiting(turn: string, host: string): boolean {
    return this.hosts.get(host)?.byTurn.has(turn) === true;
  }

  add(turn: string, host: string, waiter: W): void {
    const group = this.hosts.get(host)?.byTurn.get(turn) ?? this.open(turn, host);
    group.waiters.add(waiter);
  }

  remove(turn: string, host: string, waiter: W): void {
    const group = this.hosts.get(host)?.byTurn.get(turn);
    if (group?.waiters.delete(waiter) === true && group.waiters.size === 0) this.close(group);
  }

  /** Everybody who waits for a host now, by turn. */
  of(host: string): ReadonlyMap<string, readonly W[]> {
    const byTurn = this.hosts.get(host)?.byTurn ?? new Map<string, Group<W>>();
    return new Map(Array.from(byTurn, ([turn, { waiters }]) => [turn, [...waiters]]));
  }

  /** A host may have room again. Its waiters come last. */
  unblock(name: string): void {
    const host = this.hosts.get(name);
    if (host?.isBlocked !== true) return;
    host.isBlocked = false;
    for (let entry = host.groups.first; entry !== undefined; entry = entry.next) this.enter(entry.value);
  }

  /**
   * Who comes next among those whose host has room; their turn and their host come last then. They keep their place until
   * they are removed.
   */
  next(hasRoom: (host: string) => boolean): Place<W> | undefined {
    for (let turn = this.line.first; turn !== undefined; turn = this.line.first) {
      const group = turn.value.groups.first?.value;
      // For the types alone: a turn leaves the line with its last group, and a group its lists with its last waiter.
      if (group === undefined) return undefined;
      if (!hasRoom(group.host.name)) {
        this.block(group.host);
        continue;
      }
      turn.value.groups.moveToEnd(group.inTurn);
      this.line.moveToEnd(turn);
      group.host.groups.moveToEnd(group.inHost);
      const [waiter] = group.waiters;
      return waiter === undefined ? undefined : { host: group.host.name, waiter };
    }
    return undefined;
  }

  private open(turnName: string, hostName: string): Group<W> {
    const turn = this.turns.get(turnName) ?? new Turn<W>(turnName);
    const host = this.hosts.get(hostName) ?? new Host<W>(hostName);
    const group = new Group(turn, host);
    this.turns.set(turnName, turn);
    this.hosts.set(hostName, host);
    turn.size += 1;
    host.byTurn.set(turnName, group);
    host.groups.append(group.inHost);
    if (!host.isBlocked) this.enter(group);
    return group;
  }

  private close(group: Group<W>): void {
    const { host, turn } = group;
    this.leave(group);
    host.groups.remove(group.inHost);
    host.byTurn.delete(turn.name);
    if (host.byTurn.size === 0) this.hosts.delete(host.name);
    turn.size -= 1;
    if (turn.size === 0) this.turns.delete(turn.name);
  }

  private block(host: Host<W>): void {
    host.isBlocked = true;
    for (let entry = host.groups.first; entry !== undefined; entry = entry.next) this.leave(entry.value);
  }

  private enter(group: Group<W>): void {
    this.line.append(group.turn.inLine);
    group.turn.groups.append(group.inTurn);
  }

  private leave({ turn, inTurn }: Group<W>): void {
    turn.groups.remove(inTurn);
    if (turn.groups.isEmpty) this.line.remove(turn.inLine);
  }
}

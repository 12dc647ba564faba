import { setTimeout as pause } from 'node:timers/promises';
import { type End, FleetProcess } from './fleet-process.ts';
import type { Journal } from './journal.ts';

/** A place in the fleet: its process is started again whenever it ends, as a supervisor of a platform does. */
export interface Seat {
  readonly name: string;
  readonly role: 'api' | 'worker';
}

/** Longest that a process may take to end after SIGTERM: the grace time, and what main.ts adds to it. */
const SIGTERM_WITHIN_MS = 18_000;
/** One that is still loading its code hears of it when that is done: on a slow machine, this late. */
const SIGTERM_WITHIN_OF_A_START_MS = 90_000;

/** The processes of one installation, and all that can befall them. */
export class Fleet {
  /** When the database was last away, as `performance.now()`; infinite while it is. */
  databaseDisturbedAt = 0;
  private readonly processes = new Map<Seat, FleetProcess>();
  private readonly expected = new Set<FleetProcess>();
  private readonly getEnvironment: (seat: Seat) => Readonly<Record<string, string>>;
  private readonly journal: Journal;
  private stopped = false;

  constructor(getEnvironment: (seat: Seat) => Readonly<Record<string, string>>, journal: Journal) {
    this.getEnvironment = getEnvironment;
    this.journal = journal;
  }

  /** Whether its process has come so far as to serve, or to work. */
  isUp(seat: Seat): boolean {
    return this.processes.get(seat)?.isUp === true;
  }

  start(seat: Seat): void {
    if (this.stopped) return;
    const child = new FleetProcess(this.getEnvironment(seat));
    this.processes.set(seat, child);
    void child.up.then((ms) => this.journal.did('up', `${seat.name} after ${(ms / 1000).toFixed(1)} s`));
    void child.ended.then(async (end) => {
      if (this.expected.has(child)) return;
      this.endedByItself(seat, child, end);
      await pause(500);
      this.start(seat);
    });
  }

  /** `kill -9`, and another one after a pause. */
  async kill(seat: Seat, restartAfterMs: number): Promise<void> {
    const child = this.expectEnd(seat);
    if (child === undefined) return;
    this.journal.did('kill', `-9 ${seat.name}${child.isUp ? '' : ', which was starting'}`);
    child.signal('SIGKILL');
    await child.ended;
    await pause(restartAfterMs);
    this.start(seat);
  }

  /** SIGTERM, and another one when it is gone. One that was up has to end with status 0 unless the database was away. */
  async terminate(seat: Seat): Promise<void> {
    const child = this.expectEnd(seat);
    if (child === undefined) return;
    const wasUp = child.isUp;
    const since = performance.now();
    this.journal.did('SIGTERM', seat.name);
    child.signal('SIGTERM');
    const withinMs = wasUp ? SIGTERM_WITHIN_MS : SIGTERM_WITHIN_OF_A_START_MS;
    const end = await Promise.race([child.ended, pause(withinMs, undefined)]);
    if (end === undefined) {
      this.journal.offence(`${seat.name} did not end within ${withinMs} ms of SIGTERM: ${child.output}`);
      child.signal('SIGKILL');
      await child.ended;
    } else if (wasUp && end.status !== 0 && this.databaseDisturbedAt < since - 2_000) {
      this.journal.offence(`${seat.name} ended with ${describe(end)} on SIGTERM: ${child.output}`);
    }
    this.start(seat);
  }

  /** SIGSTOP, and SIGCONT after a while, or when all is over: long enough, and others take the process for dead. */
  async freeze(seat: Seat, forMs: number, over: AbortSignal): Promise<void> {
    const child = this.processes.get(seat);
    if (child === undefined) return;
    this.journal.did('freeze', `${seat.name} for ${(forMs / 1000).toFixed(1)} s`);
    child.signal('SIGSTOP');
    await pause(forMs, undefined, { signal: over }).catch(() => undefined);
    child.signal('SIGCONT');
    this.journal.did('thaw', seat.name);
  }

  /** SIGSTOP or SIGCONT, for whoever sees to the rest. */
  signal(seat: Seat, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.processes.get(seat)?.signal(signal);
  }

  /** Ends all of them for good, in good order. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const child of this.processes.values()) {
      this.expected.add(child);
      child.signal('SIGTERM');
    }
    const late = setTimeout(() => {
      for (const child of this.processes.values()) child.signal('SIGKILL');
    }, SIGTERM_WITHIN_MS);
    await Promise.all([...this.processes.values()].map((child) => child.ended));
    clearTimeout(late);
  }

  /** Ends all of them at once, without a word. */
  async killAll(): Promise<void> {
    this.stopped = true;
    for (const child of this.processes.values()) {
      this.expected.add(child);
      child.signal('SIGKILL');
    }
    await Promise.all([...this.processes.values()].map((child) => child.ended));
  }

  private expectEnd(seat: Seat): FleetProcess | undefined {
    const child = this.processes.get(seat);
    if (child !== undefined) this.expected.add(child);
    return child;
  }

  /** A process may give up while it starts if the database went away meanwhile; one that was up never may. */
  private endedByItself(seat: Seat, child: FleetProcess, end: End): void {
    if (!child.isUp && this.databaseDisturbedAt > child.bornAt) {
      this.journal.did('gave up its start', `${seat.name}: ${child.output.trim().split('\n').at(-1)}`);
    } else {
      this.journal.offence(`${seat.name} ended by itself with ${describe(end)}: ${child.output}`);
    }
  }
}

function describe(end: End): string {
  return end.signal ?? `status ${end.status}`;
}

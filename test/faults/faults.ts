import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet, Seat } from './fleet.ts';
import type { Journal } from './journal.ts';
import type { ReplicatedDatabase } from '../support/replicated-database.ts';
import { freezeInTransaction } from './freeze-in-transaction.ts';
import type { Random } from './random.ts';

type Fault =
  | 'kill'
  | 'terminate'
  | 'freeze'
  | 'freeze in a transaction'
  | 'kill the database'
  | 'stop the database'
  | 'fail over to the standby of the database';

/** So many faults may be under way at a time. */
const AT_ONCE = 3;
/** A worker that stands still for longer than this is taken for dead. */
const MAX_FREEZE_MS = 16_000;

/** Brings faults upon the fleet and its database, over and over, at random points. */
export class Faults {
  private readonly fleet: Fleet;
  private readonly seats: readonly Seat[];
  private readonly database: ReplicatedDatabase;
  private readonly random: Random;
  private readonly journal: Journal;
  private readonly starting: number;
  private readonly underWay = new Set<Promise<void>>();
  private readonly struck = new Set<Seat | ReplicatedDatabase>();

  /** @param starting the share of the strikes at processes that meet one which is still starting, from 0 to 1 */
  constructor(
    fleet: Fleet,
    seats: readonly Seat[],
    database: ReplicatedDatabase,
    random: Random,
    journal: Journal,
    starting: number,
  ) {
    this.starting = starting;
    this.fleet = fleet;
    this.seats = seats;
    this.database = database;
    this.random = random;
    this.journal = journal;
  }

  /** Resolves when the signal has aborted and all faults are over: everything runs then, or is starting. */
  async strikeUntil(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      if (this.underWay.size < AT_ONCE) this.strike(over);
      await pause(this.random.between(50, 900), undefined, { signal: over }).catch(() => undefined);
    }
    await Promise.all(this.underWay);
  }

  private strike(over: AbortSignal): void {
    const fault = this.random.weighted<Fault>([
      [60, 'kill'],
      [14, 'terminate'],
      [10, 'freeze'],
      [4, 'kill the database'],
      [4, 'stop the database'],
      [6, 'freeze in a transaction'],
      [4, 'fail over to the standby of the database'],
    ]);
    const victim = fault.endsWith('database') ? this.databaseInUse() : this.seat();
    if (victim === undefined || this.struck.has(victim)) return;
    this.struck.add(victim);
    const ending = (victim === this.database ? this.outage(fault) : this.befall(fault, victim as Seat, over))
      .catch((error: unknown) => this.journal.offence(`${fault}: ${String(error)}`))
      .finally(() => {
        this.struck.delete(victim);
        this.underWay.delete(ending);
      });
    this.underWay.add(ending);
  }

  /** The database, when most of the fleet is up: else a slow machine would never see it at work. */
  private databaseInUse(): ReplicatedDatabase | undefined {
    const up = this.seats.filter((seat) => this.fleet.isUp(seat)).length;
    return up > this.seats.length / 2 ? this.database : undefined;
  }

  /** Workers more often than the API; one that is still starting no more often than wished, as there would be nothing else on a slow machine. */
  private seat(): Seat | undefined {
    const role = this.random.next() < 0.12 ? 'api' : 'worker';
    const starting = this.random.next() < this.starting;
    return this.random.of(
      this.seats.filter(
        (seat) => seat.role === role && !this.struck.has(seat) && this.fleet.isUp(seat) !== starting,
      ),
    );
  }

  private async befall(fault: Fault, seat: Seat, over: AbortSignal): Promise<void> {
    switch (fault) {
      case 'terminate':
        return this.fleet.terminate(seat);
      case 'freeze':
        return this.fleet.freeze(
          seat,
          this.random.between(500, seat.role === 'api' ? 3_000 : MAX_FREEZE_MS),
          over,
        );
      case 'freeze in a transaction':
        return freezeInTransaction(this.fleet, seat, this.database.url, this.journal);
      default:
        return this.fleet.kill(seat, this.random.between(0, 1_000));
    }
  }

  /** The standby has all that was committed: commits wait for it. The new primary gets a standby before anything else befalls it. */
  private async failOver(): Promise<void> {
    this.journal.did('failover');
    this.fleet.databaseDisturbedAt = Number.POSITIVE_INFINITY;
    await this.database.failOver();
    this.fleet.databaseDisturbedAt = performance.now();
    this.journal.did('standby promoted');
    await this.database.restore();
    await this.database.primary.setSynchronous(true);
    this.journal.did('standby back');
  }

  private async outage(fault: Fault): Promise<void> {
    if (fault === 'fail over to the standby of the database') return this.failOver();
    const forMs = this.random.between(0, 4_000);
    this.journal.did(fault, `for ${(forMs / 1000).toFixed(1)} s`);
    this.fleet.databaseDisturbedAt = Number.POSITIVE_INFINITY;
    await (fault === 'kill the database' ? this.database.primary.kill() : this.database.primary.stop());
    await pause(forMs);
    await this.database.primary.start();
    this.fleet.databaseDisturbedAt = performance.now();
    this.journal.did('database back');
  }
}

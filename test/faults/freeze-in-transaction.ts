import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Fleet, Seat } from './fleet.ts';
import type { Journal } from './journal.ts';
import { withClient } from './observer.ts';

/** The name that the sessions of a process have in the database. */
export function sessionName(seat: Seat): string {
  return seat.name.replace(' ', '-');
}

/** How long is waited for the process to come into a transaction. */
const MEETS_WITHIN_MS = 4_000;
/** The database ends an idle transaction after 5 s; a slow machine is late to look. */
const ENDS_WITHIN_MS = 10_000;

/**
 * Freezes a process in the midst of a transaction that holds the row of a job, and sees to it that the database ends that
 * transaction soon. Does nothing where the process comes into no such transaction.
 */
export async function freezeInTransaction(
  fleet: Fleet,
  seat: Seat,
  databaseUrl: string,
  journal: Journal,
): Promise<void> {
  try {
    const met = await withClient(databaseUrl, (client) =>
      meet(client, seat, () => fleet.signal(seat, 'SIGSTOP')),
    );
    if (!met) return;
    journal.did('freeze in a transaction', seat.name);
    await withClient(databaseUrl, (client) => ended(client, seat, journal));
  } catch {
    // The database went away meanwhile, and the transaction with it.
  } finally {
    fleet.signal(seat, 'SIGCONT');
  }
}

/** Holds the row of a job until the process waits for it, inside its transaction, and lets go once it is frozen. */
async function meet(client: Client, seat: Seat, freeze: () => void): Promise<boolean> {
  await client.query('BEGIN');
  await client.query(`SELECT FROM shelfline.job WHERE status = 'ongoing' FOR UPDATE SKIP LOCKED`);
  const isWaiting = await until(client, MEETS_WITHIN_MS, seat, `wait_event_type = 'Lock'`);
  if (isWaiting) freeze();
  await client.query('ROLLBACK');
  return isWaiting;
}

async function ended(client: Client, seat: Seat, journal: Journal): Promise<void> {
  const since = performance.now();
  // Statements that were on their way are carried out first.
  await until(client, 1_000, seat, `state LIKE 'idle in transaction%'`);
  while (await isSession(client, seat, `state LIKE 'idle in transaction%'`)) {
    if (performance.now() - since > ENDS_WITHIN_MS)
      return journal.offence(
        `the transaction of ${seat.name}, which is frozen, is open for ${ENDS_WITHIN_MS} ms`,
      );
    await pause(100);
  }
}

async function until(client: Client, withinMs: number, seat: Seat, condition: string): Promise<boolean> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await pause(20)) {
    if (await isSession(client, seat, condition)) return true;
  }
  return false;
}

async function isSession(client: Client, seat: Seat, condition: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity WHERE application_name = $1 AND ${condition}`,
    [sessionName(seat)],
  );
  return rowCount !== 0;
}

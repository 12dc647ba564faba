import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { checkInvariants } from '../../scripts/invariants.ts';
import type { Journal } from './journal.ts';

/**
 * Workers that are struck down faster than they start take no task, however long it has been due: that says nothing of
 * tasks that are left behind, which is asked when all has come to rest.
 */
const WHILE_STRUCK_S = 3_600;

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that breaks fails the query as well, which is enough said.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Checks every invariant; those that are broken are offences. */
export async function noteInvariants(client: Client, journal: Journal, graceSeconds: number): Promise<void> {
  for (const { name, offending } of await checkInvariants(client, { graceSeconds })) {
    if (offending.length === 0) continue;
    const rows = offending.slice(0, 3).map((row) => JSON.stringify(row));
    journal.offence(`${name}: ${rows.join('\n      ')}`);
  }
}

/** Looks at the database now and then while all goes on: an outage answers nothing, which is no offence. */
export async function observeUntil(
  over: AbortSignal,
  url: string,
  journal: Journal,
  tellPending: (images: number) => void,
): Promise<void> {
  let checked = performance.now();
  while (!over.aborted) {
    await pause(400);
    await withClient(url, async (client) => {
      tellPending((await workLeft(client)).pending);
      if (performance.now() - checked < 5_000) return;
      await noteInvariants(client, journal, WHILE_STRUCK_S);
      journal.counted('invariants checked');
      checked = performance.now();
    }).catch((error: unknown) => {
      // A query that is wrong is ours: it carries the position in its text, or a class of its own.
      if (error instanceof Error && 'position' in error && error.position !== undefined)
        journal.offence(String(error));
    });
  }
}

/** What is still to be done: images of ongoing jobs, and the queue's tasks of any kind, but not what it keeps for people. */
export async function workLeft(
  client: Client,
): Promise<{ readonly jobs: number; readonly pending: number; readonly tasks: number }> {
  const { rows } = await client.query<{ jobs: number; pending: number; tasks: number }>(
    `SELECT (SELECT count(*)::int FROM shelfline.job WHERE status = 'ongoing') AS jobs,
            (SELECT coalesce(sum(pending), 0)::int FROM shelfline.job WHERE status = 'ongoing') AS pending,
            (SELECT count(*)::int FROM shelfline_queue.job
              WHERE state IN ('created', 'retry', 'active') AND name NOT LIKE '%dead-letters') AS tasks`,
  );
  return rows[0] ?? { jobs: 0, pending: 0, tasks: 0 };
}

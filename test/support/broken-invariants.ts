import { Client } from 'pg';
import { checkInvariants } from '../../scripts/invariants.ts';
import type { TestDatabase } from './database.js';
import { until } from './until.js';

/** Waits until these queues have no task that is waiting or running. */
export async function untilTasksEnd(
  database: TestDatabase,
  queues: readonly string[] = ['sweeps', 'images'],
): Promise<void> {
  await until(async () => {
    const tasks = await database.query(
      `SELECT FROM shelfline_queue.job WHERE state IN ('created', 'retry', 'active') AND name = ANY ($1::text[])`,
      [queues],
    );
    return tasks.length === 0 ? true : undefined;
  }, 'the end of all tasks');
}

/** Returns the names of the invariants that the rows of a database break. */
export async function findBrokenInvariants(database: TestDatabase): Promise<string[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const verdicts = await checkInvariants(client, { graceSeconds: 0 });
    return verdicts.filter(({ offending }) => offending.length > 0).map(({ name }) => name);
  } finally {
    await client.end();
  }
}

import { Client, type ClientConfig } from 'pg';

/** How often the two connections are compared: another client of the pooler may come between once. */
const ROUNDS = 3;

/** What a person reads where the database is behind a pooler that cannot be worked with. */
export const TRANSACTION_POOLER =
  'a connection pooler in transaction mode stands before it (such as PgBouncer with pool_mode = transaction): use session mode, or connect to PostgreSQL itself';

/**
 * Whether a pooler stands before the database that gives a client another session with each transaction. Locks of a
 * session, prepared statements and LISTEN do not work there: a lock stays on a session that other clients use, and whoever
 * waits for it waits for ever.
 *
 * Two connections show it: without such a pooler each has a session of its own, for as long as it lasts.
 *
 * @throws what the driver throws where the database cannot be reached
 */
export async function isBehindTransactionPooler(config: ClientConfig): Promise<boolean> {
  const [first, second] = [new Client(config), new Client(config)];
  // A connection that breaks fails the query as well.
  for (const client of [first, second]) client.on('error', () => {});
  try {
    await first.connect();
    await second.connect();
    const session = await findSession(first);
    for (let round = 1; round <= ROUNDS; round += 1) {
      if ((await findSession(second)) === session || (await findSession(first)) !== session) return true;
    }
    return false;
  } finally {
    await Promise.all([first, second].map((client) => client.end().catch(() => {})));
  }
}

async function findSession(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}

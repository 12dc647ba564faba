import { Client, type ClientConfig } from 'pg';

/** Number of comparisons of the two connections. Another client of the pooler may interfere once. */
const ROUNDS = 3;

/** Error text for a database behind an unsupported pooler. */
export const TRANSACTION_POOLER =
  'a connection pooler in transaction mode stands before it (such as PgBouncer with pool_mode = transaction): use session mode, or connect to PostgreSQL itself';

/**
 * Whether the database is behind a pooler that changes the session with each transaction. Session locks,
 * prepared statements and LISTEN do not work there: a lock stays on a session that other clients use, and its
 * waiters wait for ever.
 *
 * This is detected with two connections. Without such a pooler each keeps its own session.
 *
 * @throws the error of the driver if the database cannot be reached
 */
export async function isBehindTransactionPooler(config: ClientConfig): Promise<boolean> {
  const [first, second] = [new Client(config), new Client(config)];
  // A connection that breaks also fails the query.
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

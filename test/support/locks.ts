import { Client } from 'pg';
import type { TestDatabase } from './database.js';
import { endLater, hasEnded } from './leftovers.js';
import { until } from './until.js';

/** Locks that a transaction of a test's own holds, so that what is tested comes to wait in a known place. */
export class HeldLocks {
  private readonly client: Client;
  private isReleased = false;

  private constructor(client: Client) {
    this.client = client;
  }

  /** Locks what a statement locks. A query has to find rows. */
  static async hold(
    database: TestDatabase,
    statement: string,
    parameters: unknown[] = [],
  ): Promise<HeldLocks> {
    const client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    const { command, rowCount } = await client.query(statement, parameters);
    if (command === 'SELECT' && rowCount === 0) {
      await client.end();
      throw new Error(`there is nothing to lock: ${statement}`);
    }
    const locks = new HeldLocks(client);
    endLater(locks, () => locks.release());
    return locks;
  }

  /** Lets go of them. A second time it does nothing. */
  async release(): Promise<void> {
    if (this.isReleased) return;
    this.isReleased = true;
    hasEnded(this);
    await this.client.end();
  }
}

/** Resolves once so many statements like this one wait for a lock. */
export async function waitsForLock(database: TestDatabase, statement: string, count = 1): Promise<void> {
  await until(
    async () => ((await countWaits(database, statement)) >= count ? true : undefined),
    `a wait for a lock by ${statement}`,
  );
}

/** What comes first: the answer, or the wait of such a statement for a lock. */
export async function waitsOrAnswers(
  answer: Promise<unknown>,
  database: TestDatabase,
  statement: string,
): Promise<'waits' | 'answers'> {
  let isAnswered = false;
  const noteAnswer = (): void => {
    isAnswered = true;
  };
  answer.then(noteAnswer, noteAnswer);
  return until(async () => {
    if (isAnswered) return 'answers';
    return (await countWaits(database, statement)) > 0 ? 'waits' : undefined;
  }, `an answer, or a wait for a lock by ${statement}`);
}

async function countWaits(database: TestDatabase, statement: string): Promise<number> {
  const waiting = await database.query(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
    [statement],
  );
  return waiting.length;
}

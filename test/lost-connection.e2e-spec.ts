/** A connection that breaks while nothing runs on it: what comes next in its transaction finds it gone. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Database, type Transaction } from '../src/database/database.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { isDatabaseOutage } from '../src/database/database-faults.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { until } from './support/until.js';

let server: TestDatabase;
let source: DataSource;
let database: Database;

beforeEach(async () => {
  server = await createTestDatabase();
  const connection = { url: server.url, poolSize: 1, silenceMs: 75_000, applicationName: 'test' };
  source = await new DataSource(dataSourceOptions(connection, [])).initialize();
  database = new Database(source);
});

afterEach(async () => {
  await source.destroy();
  await server.drop();
});

/** Begins a transaction, breaks its connection, and goes on. */
async function brokenOff(goOn: (transaction: Transaction) => Promise<unknown>): Promise<unknown> {
  return database
    .transaction(async (transaction) => {
      const [session] = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await server.query('SELECT pg_terminate_backend($1)', [session?.pid]);
      await until(async () => (database.pool?.used === 0 ? true : undefined), 'a connection that is gone');
      await goOn(transaction);
    })
    .then(
      () => 'committed',
      (error: unknown) => error,
    );
}

it.each<[string, (transaction: Transaction) => Promise<unknown>]>([
  ['a statement', (transaction) => transaction.query('SELECT 1')],
  ['a prepared statement', (transaction) => transaction.run({ name: 'one', text: 'SELECT 1' }, [])],
  ['a COPY', (transaction) => transaction.copy('shelfline.store (store_id)', 'RP00002\n')],
  ['the end of the transaction', () => Promise.resolve()],
])(
  '%s on a broken connection reports an outage, and the next transaction uses another connection',
  async (_, goOn) => {
    const error = await brokenOff(goOn);
    expect(error).toBeInstanceOf(Error);
    expect(isDatabaseOutage(error)).toBe(true);
    await expect(
      database.transaction((transaction) => transaction.query('SELECT 1 AS one')),
    ).resolves.toEqual([{ one: 1 }]);
  },
);

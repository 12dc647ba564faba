/** Transactions that meet, on a real database: one of two that wait for each other fails, and is run again. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Database, type Transaction } from '../src/database/database.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { getSqlState } from '../src/database/database-faults.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

let server: TestDatabase;
let source: DataSource;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  const connection = { url: server.url, poolSize: 4, silenceMs: 75_000, applicationName: 'test' };
  source = await new DataSource(dataSourceOptions(connection, [])).initialize();
  database = new Database(source);
  await server.query('CREATE TABLE account (id integer PRIMARY KEY, amount integer NOT NULL)');
  await server.query('INSERT INTO account VALUES (1, 0), (2, 0)');
});

afterAll(async () => {
  await source.destroy();
  await server.drop();
});

const add = (transaction: Transaction, id: number): Promise<unknown> =>
  transaction.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [id]);

it('a transaction runs again after a deadlock, and both are committed once', async () => {
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  let runs = 0;
  let told = 0;
  const crossing = (own: 0 | 1): Promise<void> =>
    database.transaction(async (transaction) => {
      runs += 1;
      transaction.onceCommitted(() => (told += 1));
      await add(transaction, own === 0 ? 1 : 2);
      met[own].resolve();
      await met[own === 0 ? 1 : 0].promise;
      await add(transaction, own === 0 ? 2 : 1);
    });
  await Promise.all([crossing(0), crossing(1)]);
  expect(await server.query('SELECT amount FROM account ORDER BY id')).toEqual([
    { amount: 2 },
    { amount: 2 },
  ]);
  expect({ runs, told }).toEqual({ runs: 3, told: 2 });
});

it.each([
  ['a deadlock that comes each time', '40P01', 3],
  ['a serialization failure that comes each time', '40001', 3],
  ['a lock that is not available', '55P03', 1],
  ['a fault of the statement', '22012', 1],
])('%s is thrown after its number of attempts', async (_, code, attempts) => {
  let runs = 0;
  const failing = database.transaction(async (transaction) => {
    runs += 1;
    await transaction.query(`DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '${code}'; END $$`);
  });
  const error: unknown = await failing.catch((reason: unknown) => reason);
  expect({ code: getSqlState(error), runs }).toEqual({ code, runs: attempts });
});

it('a transaction of a platform is not repeated, because it may contain other work', async () => {
  let runs = 0;
  const failing = source.transaction(async (manager) =>
    database.transaction(async (transaction) => {
      runs += 1;
      await transaction.query(`DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '40P01'; END $$`);
    }, manager),
  );
  await expect(failing).rejects.toThrow('on purpose');
  expect(runs).toBe(1);
});

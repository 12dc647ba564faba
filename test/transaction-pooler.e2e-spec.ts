/** A pooler that gives each transaction another session: locks of a session stay behind on one that others use. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { isBehindTransactionPooler } from '../src/database/transaction-pooler.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { DatabaseProxy } from './support/database-proxy.js';
import { ServerProcess } from './support/server-process.js';
import { TransactionPooler } from './support/transaction-pooler.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await database.drop();
});

it.each([1, 2, 5])('a pooler in transaction mode is detected, with %d sessions', async (sessions) => {
  const pooler = await TransactionPooler.start(database.url, sessions);
  try {
    expect(await isBehindTransactionPooler({ connectionString: pooler.url })).toBe(true);
  } finally {
    await pooler.close();
  }
});

it('a direct database, or a pooler in session mode, is not reported as a transaction pooler', async () => {
  const proxy = await DatabaseProxy.start(database.url);
  try {
    expect(await isBehindTransactionPooler({ connectionString: database.url })).toBe(false);
    expect(await isBehindTransactionPooler({ connectionString: proxy.url })).toBe(false);
  } finally {
    await proxy.close();
  }
});

it('a process behind a transaction pooler stops with one line that says what to do', async () => {
  const pooler = await TransactionPooler.start(database.url);
  try {
    const { status, text } = await ServerProcess.refusal({
      DATABASE_URL: pooler.url,
      DATABASE_WAIT_MS: '2000',
    });
    expect(status).toBe(1);
    expect(text.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^The database at 127\.0\.0\.1:\d+ cannot be used: .*pool_mode = transaction.*session mode/,
      ),
    ]);
  } finally {
    await pooler.close();
  }
});

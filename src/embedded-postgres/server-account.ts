import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { DataFolder } from './data-folder.js';
import { type Account, readAccounts } from './accounts.js';
import { run } from './run.js';

/**
 * Accounts that may run the server if the application runs as root, by preference: one for Shelfline, one for
 * PostgreSQL (`_postgres` on macOS), and one that every system has. The account needs a name, because initdb
 * looks it up.
 */
const NAMES = ['shelfline', 'postgres', '_postgres', 'nobody'];

/**
 * Finds the account that runs the server; undefined means the application's own. PostgreSQL refuses to run as
 * root, so root uses an account without privileges. An existing cluster keeps its owner.
 *
 * @throws EmbeddedPostgresError if there is no such account, or root may not change to it
 */
export async function findServerAccount(folder: DataFolder): Promise<Account | undefined> {
  if (process.geteuid?.() !== 0) {
    return undefined;
  }
  const clusterOwner = await folder.clusterOwner();
  if (clusterOwner?.uid === 0) {
    throw new EmbeddedPostgresError(
      `the database ${folder.cluster} belongs to root, as which PostgreSQL does not run: chown -R it to the account that made it`,
    );
  }
  const candidates = clusterOwner ? [clusterOwner] : await namedAccounts();
  let refusal = `/etc/passwd has none of the accounts ${NAMES.join(', ')}`;
  for (const account of candidates) {
    const { status, output } = await run('/bin/sh', ['-c', 'exit 0'], account);
    if (status === 0) {
      return account;
    }
    refusal = `this root may not change to uid ${account.uid} (${output})`;
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and ${refusal}: start Shelfline as an ordinary user, or set DATABASE_URL`,
  );
}

async function namedAccounts(): Promise<Account[]> {
  const accounts = await readAccounts();
  return NAMES.flatMap((name) => accounts.get(name) ?? []).filter((account) => account.uid !== 0);
}

import { readFile } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** An account of the operating system, by its numbers. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Accounts that may run the server for root, the best first: one made for it, one made for PostgreSQL (`_postgres` on
 * macOS), and one that every system has. An account must have a name, as initdb looks its own up.
 */
const NAMES = ['shelfline', 'postgres', '_postgres', 'nobody'];

/**
 * Finds the account that runs the server: undefined means the application's own. PostgreSQL refuses to run as root, so
 * root hands it to an account without rights. A cluster that exists stays with its owner.
 *
 * @throws EmbeddedPostgresError when the machine has none of the accounts.
 */
export async function findServerAccount(clusterOwner: Account | undefined): Promise<Account | undefined> {
  if (process.geteuid?.() !== 0) {
    return undefined;
  }
  if (clusterOwner && clusterOwner.uid !== 0) {
    return clusterOwner;
  }
  const accounts = parsePasswd(await readFile('/etc/passwd', 'utf8'));
  for (const name of NAMES) {
    const account = accounts.get(name);
    if (account && account.uid !== 0) {
      return account;
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and /etc/passwd has none of the accounts ${NAMES.join(', ')}: ` +
      'start Shelfline as an ordinary user, add an account named shelfline, or set DATABASE_URL',
  );
}

/** Says an account by its name and number, as `node (uid 1000)`. */
export async function describeAccount(uid: number): Promise<string> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const [name, account] of parsePasswd(passwd)) {
    if (account.uid === uid) {
      return `${name} (uid ${uid})`;
    }
  }
  return `uid ${uid}`;
}

/** Reads the accounts of a passwd(5) file by name. Numbers above 2³¹ become negative, as macOS writes `nobody`. */
export function parsePasswd(text: string): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && !name.startsWith('#') && uid && gid && /^-?\d+$/.test(uid) && /^-?\d+$/.test(gid)) {
      accounts.set(name, { uid: Number(uid) | 0, gid: Number(gid) | 0 });
    }
  }
  return accounts;
}

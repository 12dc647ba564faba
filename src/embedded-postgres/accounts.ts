import { readFile } from 'node:fs/promises';

/** An account of the operating system, by its ids. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The local accounts by name; empty if `/etc/passwd` is missing. */
export async function readAccounts(): Promise<Map<string, Account>> {
  return parsePasswd(await readFile('/etc/passwd', 'utf8').catch(() => ''));
}

/** Describes an account by name and number, such as `node (uid 1000)`. */
export async function describeAccount(uid: number): Promise<string> {
  for (const [name, account] of await readAccounts()) {
    if (account.uid === uid) {
      return `${name} (uid ${uid})`;
    }
  }
  return `uid ${uid}`;
}

/**
 * Parses a passwd(5) file. A number from 2³¹ becomes negative, as Node requires and as macOS writes `nobody`.
 */
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

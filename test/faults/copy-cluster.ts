import { appendFile, chown, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';

/** The account that runs a server; undefined is the one that runs the test. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What a backup leaves out: of these the folders stay, empty. The WAL comes over the network. */
const LEFT_OUT = new Set(['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_subtrans', 'pg_notify', 'pg_dynshmem']);
const FILES_LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal']);

/**
 * Copies the cluster of a running server as a base backup does, so that a standby can start over it.
 *
 * @param client a superuser's connection to the running server
 * @param source how the standby connects to that server
 */
export async function copyCluster(
  client: Client,
  from: string,
  to: string,
  source: string,
  account: Account | undefined,
): Promise<void> {
  await client.query(`SELECT pg_backup_start('standby', true)`);
  await copyFolder(from, to, account);
  const { rows } = await client.query<{ label: string }>(
    'SELECT labelfile AS label FROM pg_backup_stop(false)',
  );
  const files = ['backup_label', 'standby.signal'].map((name) => join(to, name));
  await writeFile(join(to, 'backup_label'), rows[0]?.label ?? '');
  await writeFile(join(to, 'standby.signal'), '');
  // Later settings of one name win.
  await appendFile(
    join(to, 'postgresql.auto.conf'),
    `primary_conninfo = '${source}'\nsynchronous_standby_names = ''\nwal_retrieve_retry_interval = '500ms'\n`,
  );
  for (const file of files) await giveTo(file, account);
}

async function copyFolder(from: string, to: string, account: Account | undefined): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await giveTo(to, account);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (LEFT_OUT.has(entry.name)) await makeEmpty(source, target, account);
      else await copyFolder(source, target, account);
    } else if (entry.isFile() && !FILES_LEFT_OUT.has(entry.name)) {
      await copyUnlessGone(source, target, account);
    }
  }
}

/** The folder and those in it, without their files. */
async function makeEmpty(from: string, to: string, account: Account | undefined): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await giveTo(to, account);
  for (const entry of await readdir(from, { withFileTypes: true }))
    if (entry.isDirectory() && from.endsWith('pg_wal'))
      await makeEmpty(join(from, entry.name), join(to, entry.name), account);
}

/** A server at work deletes files. The WAL says what became of their content. */
async function copyUnlessGone(from: string, to: string, account: Account | undefined): Promise<void> {
  try {
    await copyFile(from, to);
    await giveTo(to, account);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

async function giveTo(path: string, account: Account | undefined): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

import { join } from 'node:path';
import { run } from './run.js';
import type { Account } from './accounts.js';

/** PostgreSQL's programs, in a place where the account that runs the server can use them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As in `18.4`. */
  readonly version: string;
  /** As in `18`: a server reads the clusters of its own major version only. */
  readonly major: string;
}

/** What the shell tries as the server's account: the programs run, and can read what they share. */
const TRIAL = 'test -r "$1/share/postgresql/postgres.bki" && exec "$1/bin/postgres" --version';

/**
 * Tries the programs in a folder, as the account that is to use them.
 *
 * @returns why not, where they cannot be used.
 */
export async function tryBinaries(native: string, account: Account | undefined): Promise<Binaries | string> {
  // initdb puts the path of its programs between the double quotes of a shell.
  if (/["$`\\\n]/.test(native)) {
    return 'initdb cannot cope with the name of the folder they are in';
  }
  const { status, output } = await run('/bin/sh', ['-c', TRIAL, 'shelfline-trial', native], account);
  const version = /^postgres \(PostgreSQL\) ((\d+)\S*)/.exec(output);
  if (status !== 0 || !version?.[1] || !version[2]) {
    return output.split('\n')[0] ?? '';
  }
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    version: version[1],
    major: version[2],
  };
}

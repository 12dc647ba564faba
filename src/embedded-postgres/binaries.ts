import { join } from 'node:path';
import { run } from './run.js';
import type { Account } from './accounts.js';

/** PostgreSQL's programs in a folder where the server's account can run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as `18.4`. */
  readonly version: string;
  /** Such as `18`. A server reads only clusters of its own major version. */
  readonly major: string;
}

/**
 * Shell command, run as the server's account, that checks that the programs run and can read their shared
 * files.
 */
const TRIAL = 'test -r "$1/share/postgresql/postgres.bki" && exec "$1/bin/postgres" --version';

/**
 * Checks the programs in a folder, as the account that will use them.
 *
 * @returns the reason, if they cannot be used
 */
export async function tryBinaries(native: string, account: Account | undefined): Promise<Binaries | string> {
  // initdb puts the path of its programs in the double quotes of a shell.
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

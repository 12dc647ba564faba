/** Checks every invariant on the database that `DATABASE_URL` names: a line each, and status 1 when any is broken. */
import { Client } from 'pg';
import { checkInvariants, MAX_ROWS, type Verdict } from './invariants.ts';

function report({ name, offending }: Verdict): void {
  const count = offending.length === MAX_ROWS ? `${MAX_ROWS} or more` : String(offending.length);
  process.stdout.write(offending.length === 0 ? `ok      ${name}\n` : `BROKEN  ${name}: ${count} rows\n`);
  for (const row of offending) process.stdout.write(`          ${JSON.stringify(row)}\n`);
}

const connectionString = process.env['DATABASE_URL'];
if (connectionString === undefined || connectionString === '') {
  process.stderr.write('DATABASE_URL is not set: name the database to check\n');
  process.exit(2);
}
const client = new Client({ connectionString, application_name: 'shelfline-check-invariants' });
try {
  await client.connect();
  const verdicts = await checkInvariants(client);
  for (const verdict of verdicts) report(verdict);
  process.exitCode = verdicts.every(({ offending }) => offending.length === 0) ? 0 : 1;
} catch (error) {
  process.stderr.write(
    `The invariants could not be checked: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 2;
} finally {
  await client.end().catch(() => undefined);
}

import { readFile } from 'node:fs/promises';
import type { Client } from 'pg';

/** A rule that has to hold of every row, as a query for those that break it. */
export interface Invariant {
  readonly name: string;
  readonly sql: string;
}

/** What came of a rule. */
export interface Verdict {
  readonly name: string;
  /** The first rows that break it; none is good. */
  readonly offending: readonly Record<string, unknown>[];
}

/** Rows of one rule that are read: enough to see what is wrong. */
export const MAX_ROWS = 20;

const FILE = new URL('invariants.sql', import.meta.url);

/** The rules of `invariants.sql`, in their order. */
export async function readInvariants(): Promise<Invariant[]> {
  const [, ...parts] = (await readFile(FILE, 'utf8')).split(/^-- name: /m);
  return parts.map((part) => {
    const [name = '', ...lines] = part.split('\n');
    return { name: name.trim(), sql: lines.join('\n').trim().replace(/;$/, '') };
  });
}

/**
 * Asks for the rows that break each rule, all at one moment: in one transaction, which only reads.
 *
 * @param options.graceSeconds how long a task of an ended job may have been due before it counts as left behind; 0 where
 *   nothing is at work any more
 */
export async function checkInvariants(
  client: Client,
  options: { readonly graceSeconds?: number } = {},
): Promise<Verdict[]> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  try {
    if (options.graceSeconds !== undefined)
      await client.query(`SET LOCAL shelfline.grace = '${options.graceSeconds} s'`);
    return await verdictsOn(client);
  } finally {
    await client.query('ROLLBACK');
  }
}

/** The same in the transaction that the client is in. */
export async function verdictsOn(client: Client): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { name, sql } of await readInvariants()) {
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT * FROM (\n${sql}\n) AS offending LIMIT ${MAX_ROWS}`,
    );
    verdicts.push({ name, offending: rows });
  }
  return verdicts;
}

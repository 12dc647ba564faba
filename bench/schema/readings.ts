import type { Client, QueryResultRow } from 'pg';
import { row } from './database.ts';
import type { Variant } from './variants.ts';
import type { Workload } from './workload.ts';

export interface Reading {
  name: string;
  milliseconds: number;
  /** Pages of the buffer pool touched, whether they had to be read from disk or not. */
  buffers: number;
  rows: number;
  node: string;
}

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

interface Explained extends QueryResultRow {
  'QUERY PLAN': [{ 'Execution Time': number; Plan: Plan }];
}

const repeats = 5;

/** What each reading of the API and the processor costs, the median of five with warm pages. */
export async function readings(client: Client, variant: Variant, workload: Workload): Promise<Reading[]> {
  const { ordinary, rarelyFailing, nearlyDone, rarelySucceeding } = workload;
  const late = Math.round(ordinary.size * 0.9);
  const { page, getPage: pageOf, batch } = variant;
  const questions: [name: string, sql: string, values: number[]][] = [
    ['page 1', page, [ordinary.id, -1, 100]],
    ['page in the middle', page, [ordinary.id, ordinary.size / 2, 100]],
    ['succeeded, in the middle', pageOf.succeeded, [ordinary.id, ordinary.size / 2, 100]],
    ['succeeded, 10 in all', pageOf.succeeded, [rarelySucceeding.id, -1, 100]],
    ['failed 5 %, page 1', pageOf.failed, [ordinary.id, -1, 100]],
    ['failed 5 %, at 90 %', pageOf.failed, [ordinary.id, late, 100]],
    ['failed 5 %, first 1000', pageOf.failed, [ordinary.id, -1, 1000]],
    ['failed, 10 in all', pageOf.failed, [rarelyFailing.id, -1, 100]],
    ['pending 0.1 %, page 1', pageOf.pending, [nearlyDone.id, -1, 100]],
    ['pending, none left', pageOf.pending, [ordinary.id, -1, 100]],
    ['batch of 200, 1 pending', batch, [nearlyDone.id, 400, 599]],
  ];
  const answers: Reading[] = [];
  for (const [name, sql, values] of questions) {
    const tries: Reading[] = [];
    for (let k = 0; k < repeats; k += 1) tries.push(await explain(client, name, sql, values));
    answers.push(median(tries));
  }
  await client.query('BEGIN');
  answers.push(await explain(client, 'retry, 5 % of a job (once)', variant.retry, [ordinary.id]));
  await client.query('ROLLBACK');
  return answers;
}

/**
 * Looks for pending images in a job that has just been worked off. An index that held them still has their dead
 * entries until a vacuum; who meets them first looks each of them up, and marks it for those who come later.
 */
export async function pendingBeforeVacuum(
  client: Client,
  variant: Variant,
  { rarelyFailing }: Workload,
): Promise<Reading[]> {
  const values = [rarelyFailing.id, -1, 100];
  return [
    await explain(client, 'pending, none left, before vacuum', variant.getPage.pending, values),
    await explain(client, 'the same again', variant.getPage.pending, values),
  ];
}

async function explain(client: Client, name: string, sql: string, values: number[]): Promise<Reading> {
  const explained = await row<Explained>(
    client,
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${sql}`,
    values,
  );
  const [{ Plan: plan, 'Execution Time': milliseconds }] = explained['QUERY PLAN'];
  return {
    name,
    milliseconds,
    buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    rows: plan['Actual Rows'],
    node: scans(plan).join(' + '),
  };
}

function scans(plan: Plan): string[] {
  const below = (plan.Plans ?? []).flatMap(scans);
  return plan['Node Type'].includes('Scan')
    ? [`${plan['Node Type']} ${plan['Index Name'] ?? ''}`.trim(), ...below]
    : below;
}

function median(tries: Reading[]): Reading {
  const middle = tries.toSorted((a, b) => a.milliseconds - b.milliseconds)[tries.length >> 1];
  if (middle === undefined) throw new Error('Nothing was measured');
  return middle;
}

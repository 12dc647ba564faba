import type { Client } from 'pg';
import { getCost, row, type Cost } from './database.ts';
import type { Variant } from './variants.ts';
import { flushes, resultArrays, url, type BenchJob } from './workload.ts';

const chunkSize = 5_000;
const flushSize = 200;

/** Submits the jobs one after another, each in one transaction. */
export function insertImages(
  observer: Client,
  lane: Client,
  variant: Variant,
  jobs: BenchJob[],
): Promise<Cost> {
  return getCost(observer, [lane], async () => {
    for (const job of jobs) {
      await lane.query('BEGIN');
      await lane.query('INSERT INTO job (id, run, pending, succeeded, failed) VALUES ($1, 1, $2, 0, 0)', [
        job.id,
        job.size,
      ]);
      for (let from = 0; from < job.size; from += chunkSize) {
        const seqs = Array.from({ length: Math.min(chunkSize, job.size - from) }, (_, index) => from + index);
        const visits = seqs.map((seq) => seq >> 1);
        const urls = seqs.map((seq) => url(job.id, seq));
        await lane.query(variant.insert, [job.id, seqs, visits, urls]);
      }
      await lane.query('COMMIT');
    }
  });
}

export interface Recording {
  /** The flushes hold images of a range in any order instead of neighbours. */
  scattered: boolean;
  /** Each flush locks its job and moves its counters in the same transaction. */
  counters: boolean;
}

/** Writes the results of the jobs, flush by flush, side by side over the lanes. */
export async function recordResults(
  observer: Client,
  lanes: Client[],
  variant: Variant,
  jobs: BenchJob[],
  { scattered, counters }: Recording,
): Promise<{ cost: Cost; recorded: number }> {
  const waiting = flushes(jobs, flushSize, scattered).values();
  let recorded = 0;
  const count = `${variant.record} SELECT count(*)::int AS recorded FROM changed`;
  const countInJob = `
    ${variant.record}, moved AS (
      SELECT count(*) AS all, count(*) FILTER (WHERE status = 'failed') AS failed FROM changed)
    UPDATE job
    SET pending = pending - moved.all, failed = job.failed + moved.failed,
        succeeded = succeeded + moved.all - moved.failed
    FROM moved
    WHERE id = $1
    RETURNING moved.all::int AS recorded`;
  const cost = await getCost(observer, lanes, async () => {
    await Promise.all(
      lanes.map(async (lane) => {
        for (const flush of waiting) {
          const values = [flush.job.id, 1, ...resultArrays(flush)];
          if (counters) {
            await lane.query('BEGIN');
            await lane.query('SELECT run FROM job WHERE id = $1 FOR UPDATE', [flush.job.id]);
          }
          const flushed = await row<{ recorded: number }>(lane, counters ? countInJob : count, values);
          recorded += flushed.recorded;
          if (counters) await lane.query('COMMIT');
        }
      }),
    );
  });
  const expected = flushes(jobs, flushSize, scattered).reduce((total, { seqs }) => total + seqs.length, 0);
  if (recorded !== expected)
    throw new Error(`${variant.name}: ${recorded} results recorded instead of ${expected}`);
  return { cost, recorded };
}

export interface VacuumCost extends Cost {
  pagesScanned: number;
  /** Whether dead entries had to be taken out of the indexes, which reads each of them from end to end. */
  indexScans: number;
}

/** One VACUUM of every table of the variant, with what it reports of itself. */
export async function vacuum(observer: Client, variant: Variant): Promise<VacuumCost> {
  const report: string[] = [];
  const listen = (notice: { message?: string | undefined }): void => void report.push(notice.message ?? '');
  observer.on('notice', listen);
  const cost = await getCost(observer, [], async () => {
    await observer.query(`VACUUM (VERBOSE, PARALLEL 0) ${variant.tableNames.join(', ')}`);
  });
  observer.off('notice', listen);
  const numbers = (pattern: RegExp): number[] =>
    [...report.join('\n').matchAll(pattern)].map((match) => Number(match[1]));
  return {
    ...cost,
    pagesScanned: total(numbers(/remain, (\d+) scanned/g)),
    indexScans: total(numbers(/index scans: (\d+)/g)),
  };
}

const total = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

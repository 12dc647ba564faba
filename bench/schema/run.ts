/**
 * Measures layouts of images and their results: `DATABASE_URL=… node bench/schema/run.ts [options]`.
 *
 * The database should be empty and the role a superuser (CHECKPOINT); everything happens in the schema `schema_bench`, which
 * is dropped first. Give the server `max_wal_size = 16GB` and `checkpoint_timeout = 30min`, so that no checkpoint but
 * those of the benchmark itself decides how many full page images a variant pays for.
 *
 *   --scale 1          5,000,000 images times this
 *   --waves 1          1: all is inserted, then all recorded, autovacuum off. More: jobs come in that many waves, autovacuum on
 *   --variants V1-50,V2-100   names from variants.ts; all of them otherwise
 *   --repeat 1         rounds over all variants
 *   --scattered        flushes of images in any order, not of neighbours
 *   --counters         each flush locks its job and moves its counters
 *   --out results.jsonl       every measurement, one line a run
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { connect, storage, sum, type Cost } from './database.ts';
import { insertImages, recordResults, vacuum } from './phases.ts';
import { pendingBeforeVacuum, readings } from './readings.ts';
import { storageTable, readingTable, type Measured } from './report.ts';
import { variants, type Variant } from './variants.ts';
import { workload } from './workload.ts';

const laneCount = 4;

const { values: options } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    waves: { type: 'string', default: '1' },
    variants: { type: 'string', default: variants.map(({ name }) => name).join(',') },
    repeat: { type: 'string', default: '1' },
    scattered: { type: 'boolean', default: false },
    counters: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const scale = Number(options.scale);
const waveCount = Number(options.waves);
const databaseUrl = process.env['DATABASE_URL'];
if (databaseUrl === undefined) throw new Error('DATABASE_URL is not set: name an empty database');

const chosen = options.variants.split(',').map((name) => {
  const variant = variants.find((candidate) => candidate.name === name);
  if (variant === undefined)
    throw new Error(`No variant ${name}: there are ${variants.map((v) => v.name).join(', ')}`);
  return variant;
});

const measured: Measured[] = [];
for (let round = 1; round <= Number(options.repeat); round += 1) {
  // Every other round goes backwards, so that no variant always runs on a fresher machine.
  for (const variant of round % 2 === 1 ? chosen : chosen.toReversed()) {
    const result = await measure(variant, databaseUrl);
    measured.push(result);
    console.error(`${new Date().toISOString()} ${variant.name}`);
    if (options.out !== undefined)
      appendFileSync(options.out, `${JSON.stringify({ options, round, ...result })}\n`);
  }
}
console.log(storageTable(measured));
console.log(readingTable(measured));

async function measure(variant: Variant, url: string): Promise<Measured> {
  const observer = await connect(url);
  await observer.query('DROP SCHEMA IF EXISTS schema_bench CASCADE');
  await observer.query('CREATE SCHEMA schema_bench');
  await observer.query(variant.tables(waveCount === 1 ? ', autovacuum_enabled = off' : ''));
  await observer.query(`
    CREATE TABLE job (
      id        bigint PRIMARY KEY,
      run       integer NOT NULL,
      pending   integer NOT NULL,
      succeeded integer NOT NULL,
      failed    integer NOT NULL
    ) WITH (fillfactor = 70)`);
  const lanes = await Promise.all(Array.from({ length: laneCount }, () => connect(url)));
  const work = workload(scale, waveCount);
  const insertion: Cost[] = [];
  const recording: Cost[] = [];
  let inserted = 0;
  let recorded = 0;
  const sizes: Measured['sizes'] = [];
  for (const [index, jobs] of work.waves.entries()) {
    insertion.push(await insertImages(observer, getFirst(lanes), variant, jobs));
    inserted += jobs.reduce((total, job) => total + job.size, 0);
    if (index === 0) await observer.query(`ANALYZE ${variant.tableNames.join(', ')}`);
    sizes.push({ after: `insertion ${index + 1}`, ...(await storage(observer, variant.tableNames)) });
    const results = await recordResults(observer, lanes, variant, jobs, options);
    recording.push(results.cost);
    recorded += results.recorded;
    sizes.push({ after: `results ${index + 1}`, ...(await storage(observer, variant.tableNames)) });
  }
  const stale = await pendingBeforeVacuum(observer, variant, work);
  const vacuumed = await vacuum(observer, variant);
  sizes.push({ after: 'vacuum', ...(await storage(observer, variant.tableNames)) });
  await observer.query(`ANALYZE ${variant.tableNames.join(', ')}`);
  const read = await readings(observer, variant, work);
  await Promise.all([observer, ...lanes].map((client) => client.end()));
  return {
    variant: variant.name,
    inserted,
    recorded,
    insertion: sum(insertion),
    recording: sum(recording),
    sizes,
    vacuum: vacuumed,
    readings: [...read, ...stale],
  };
}

function getFirst(lanes: Client[]): Client {
  const [first] = lanes;
  if (first === undefined) throw new Error('There is no lane');
  return first;
}

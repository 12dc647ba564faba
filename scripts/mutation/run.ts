/**
 * Mutation tests: puts one fault at a time into a copy of the sources, and runs the tests that run the changed place.
 *
 *   npm run test:mutation -- src/jobs                 all mutants of folders or files
 *   npm run test:mutation -- src/jobs --sample 100    so many of them, the same ones for the same --seed
 *   npm run test:mutation -- src/jobs --list          prints them and runs nothing
 *   npm run test:mutation -- --report                 prints the results so far and runs nothing
 *
 * Results are kept in .mutation/, so that a run that was stopped goes on where it was. See docs/testing.md.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Coverage, listSources } from './coverage.ts';
import { listMutants } from './list-mutants.ts';
import type { Mutant } from './mutant.ts';
import { MutationRun } from './mutation-run.ts';
import { isNoticed, printReport, readAccepted, Report, type Result } from './report.ts';
import { TestDatabase } from './test-database.ts';
import { Workspace } from './workspace.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ACCEPTED = join(ROOT, 'scripts', 'mutation', 'accepted.json');
/** These run mostly in processes of the build, in which there is no mutant, or test other rooms. They take the longest. */
const LEFT_OUT =
  /^test\/(cli|draining|embedded-postgres.*|fleet|frozen|fuzz|logs|migrations|plans|platform|process|recovery|standalone)\.e2e-spec\.ts$|^src\/(cli|app\/embedded-postgres)\//;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** How many mutants; all of them without it. */
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** Ids of mutants, as the report prints them. */
    only: { type: 'string', multiple: true },
    /** Seconds that the tests of one mutant may take, by their records. One spec file is run whatever it takes. */
    budget: { type: 'string', default: '45' },
    /** Runs those again that nothing noticed; with `--again` all. */
    survivors: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    /** Folder of records and results. */
    store: { type: 'string', default: join(ROOT, '.mutation') },
  },
});

const report = new Report(join(options.store, 'results.json'));
const mutants = chooseMutants();
if (options.list) {
  for (const { id, file, line, kind, before, text } of mutants) {
    console.log(`${id} ${file}:${line} ${kind}: ${before} → ${text}`);
  }
} else {
  if (!options.report) await runMutants();
  const chosen = new Set(mutants.map(({ id }) => id));
  printReport(
    [...report.results.values()].filter(({ id }) => chosen.has(id)),
    readAccepted(ACCEPTED),
  );
}

function chooseMutants(): Mutant[] {
  const below = positionals.length > 0 ? positionals : ['src'];
  const files = below.flatMap((path) => listSources(ROOT, path));
  if (files.length === 0) throw new Error(`There are no sources below ${below.join(', ')}.`);
  const workspace = new Map(files.map((file) => [file, Workspace.readFrom(ROOT, file)]));
  const all = [...workspace].flatMap(([file, source]) => listMutants(file, source));
  const { only, sample, seed } = options;
  if (only !== undefined) return all.filter(({ id }) => only.includes(id));
  if (sample === undefined) return all;
  const rank = ({ id }: Mutant): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  return all.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1)).slice(0, Number(sample));
}

async function runMutants(): Promise<void> {
  const left = mutants.filter(({ id }) => isWanted(report.results.get(id)));
  console.log(`${mutants.length} mutants, ${left.length} of them to run`);
  if (left.length === 0) return;
  const database = await TestDatabase.start();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const workspace = new Workspace(ROOT);
  try {
    const coverage = new Coverage(ROOT, options.store);
    await coverage.refresh(database, (spec) => !LEFT_OUT.test(spec), stop.signal);
    const run = new MutationRun(workspace, database, coverage, Number(options.budget) * 1000);
    for (const [index, mutant] of left.entries()) {
      if (stop.signal.aborted) break;
      const result = await run.run(mutant, stop.signal);
      if (stop.signal.aborted) break;
      report.add(result);
      const { file, line, kind, verdict, hung, ms, failure } = result;
      const about = `${verdict}${hung ? ' (hung)' : ''} after ${(ms / 1000).toFixed(1)} s`;
      console.log(`${index + 1}/${left.length} ${about}: ${file}:${line} ${kind} ${failure ?? ''}`);
    }
  } finally {
    workspace.remove();
    await database.stop();
  }
}

function isWanted(result: Result | undefined): boolean {
  if (result === undefined || options.again) return true;
  return options.survivors && !isNoticed(result);
}

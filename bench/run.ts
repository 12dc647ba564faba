/**
 * The benchmarks: `npm run bench` runs all of them, `npm run bench -- throughput pages` some.
 *
 * Starts everything by itself: an embedded PostgreSQL for each, a fast image host in a process of its own, and the built
 * server as users run it. Prints a table, and writes the figures and the machine as JSON. See docs/performance.md.
 *
 *   --json bench-results.json   where to
 *   --profile <folder>          writes CPU profiles of the server there
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { farHosts } from './suite/far-hosts.ts';
import { growth } from './suite/growth.ts';
import { Installation } from './suite/installation.ts';
import { oneHost } from './suite/one-host.ts';
import { pages } from './suite/pages.ts';
import { reads } from './suite/reads.ts';
import { type Figure, machine, print, type Report } from './suite/report.ts';
import { startup } from './suite/startup.ts';
import { submit } from './suite/submit.ts';
import { throughput } from './suite/throughput.ts';
import { traffic } from './suite/traffic.ts';
import { visits } from './suite/visits.ts';

type Benchmark = (installation: Installation, nodeOptions: readonly string[]) => Promise<Figure[]>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  throughput,
  growth,
  submit,
  reads,
  'far-hosts': farHosts,
  'one-host': oneHost,
  traffic,
  pages,
  visits,
  startup,
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string', default: 'bench-results.json' },
    profile: { type: 'string' },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}: there are ${Object.keys(BENCHMARKS).join(', ')}.`);
  process.exit(1);
}
const nodeOptions = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];

const reports: Report[] = [];
console.log(
  Object.entries(machine())
    .map(([what, value]) => `${what} ${value}`)
    .join(', '),
);
for (const name of names) {
  // What the one before has written, and deleted, goes to the disk now and not beside the next.
  spawnSync('sync');
  const installation = await Installation.start();
  try {
    const figures = (await BENCHMARKS[name]?.(installation, nodeOptions)) ?? [];
    reports.push({ benchmark: name, figures });
    print({ benchmark: name, figures });
  } finally {
    await installation.stop();
  }
  await writeFile(options.json, `${JSON.stringify({ machine: machine(), reports }, null, 2)}\n`);
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Installation } from './installation.ts';
import { type Figure, median } from './report.ts';

const PLATFORM = fileURLToPath(new URL('../startup/platform.ts', import.meta.url));
const ROUNDS = 7;
/** Half of what the module added to the start when this was first measured, which was 0.9. */
const MAX_RATIO = 1.45;

/** What a start took, until the application listens. */
interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly residentMb: number;
}

/**
 * The start of a minimal platform with and without the module, each in a process of its own, in turns. The tables of the module exist already. Processor
 * time is compared as well, because a machine with other work makes the wall time vary.
 */
export async function startup(installation: Installation): Promise<Figure[]> {
  await installation.serve();
  await installation.stopServers();
  return [
    ...(await compare(installation, 'with Swagger', ['swagger'])),
    ...(await compare(installation, 'without Swagger', [])),
  ];
}

async function compare(
  installation: Installation,
  name: string,
  parts: readonly string[],
): Promise<Figure[]> {
  const alone: Start[] = [];
  const both: Start[] = [];
  // The files are in the page cache from then on.
  await start(installation, [...parts, 'module']);
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await start(installation, parts));
    both.push(await start(installation, [...parts, 'module']));
  }
  const get = (starts: readonly Start[], what: keyof Start): number => median(starts.map((one) => one[what]));
  const ratio = (what: keyof Start): number => get(both, what) / get(alone, what);
  return [
    { measure: `${name}: start of the platform`, value: get(alone, 'wallMs'), unit: 'ms' },
    { measure: `${name}: with the module, of that`, value: ratio('wallMs'), unit: '', atMost: MAX_RATIO },
    { measure: `${name}: processor time of the platform`, value: get(alone, 'cpuMs'), unit: 'ms' },
    { measure: `${name}: with the module, of that processor time`, value: ratio('cpuMs'), unit: '' },
    {
      measure: `${name}: memory that the module adds`,
      value: get(both, 'residentMb') - get(alone, 'residentMb'),
      unit: 'MB',
    },
  ];
}

async function start({ databaseUrl }: Installation, parts: readonly string[]): Promise<Start> {
  const { stdout } = await promisify(execFile)(process.execPath, [PLATFORM, ...parts], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
  });
  return JSON.parse(stdout) as Start;
}

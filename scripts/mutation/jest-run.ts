import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Time that Jest has to end by itself after its last test, in milliseconds. */
const END_WITHIN_MS = 8_000;

export interface JestOptions {
  readonly folder: string;
  readonly databaseUrl: string;
  /** Spec files, in the order in which they run. */
  readonly specs: readonly string[];
  /** Full names of the tests that run; all of them without it. */
  readonly names?: readonly string[] | undefined;
  /** After so many milliseconds the run is ended. */
  readonly limitMs: number;
  readonly testTimeoutMs?: number | undefined;
  /** Folder for the records of what ran. */
  readonly record?: string | undefined;
  /** Ends the run at once. */
  readonly stop: AbortSignal;
}

export interface JestOutcome {
  readonly kind: 'passed' | 'failed' | 'timeout' | 'no report';
  /** The test that failed first, with the first line of its failure. */
  readonly failure: string | undefined;
  readonly spec: string | undefined;
  /** The failure is that a test took too long, not an assertion. */
  readonly isTestTimeout: boolean;
  /** All tests had ended, and the process had not. */
  readonly hung: boolean;
  readonly ms: number;
}

interface JestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs spec files one after the other, up to the first that fails, and leaves no process behind. */
export async function runJest(options: JestOptions): Promise<JestOutcome> {
  const { folder, specs, names, limitMs } = options;
  const report = join(folder, '.mutation', 'jest.json');
  const errors = join(folder, '.mutation', 'jest.log');
  rmSync(report, { force: true });
  const log = openSync(errors, 'w');
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config=jest.mutation.json',
      '--runInBand',
      '--silent',
      '--json',
      `--outputFile=${report}`,
      ...(options.testTimeoutMs === undefined ? [] : [`--testTimeout=${options.testTimeoutMs}`]),
      ...(names === undefined ? [] : ['--testNamePattern', `^(${names.map(escapeName).join('|')})$`]),
      '--runTestsByPath',
      ...specs,
    ],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', log],
      detached: true,
      env: {
        ...process.env,
        DATABASE_URL: options.databaseUrl,
        TEST_DATABASE_URL: options.databaseUrl,
        MUTATION_ORDER: specs.join(','),
        ...(options.record === undefined ? {} : { MUTATION_RECORD: options.record }),
      },
    },
  );
  closeSync(log);
  const ended = await getEnd(child, report, limitMs, options.stop);
  return { ...readReport(folder, report, ended === 'limit'), hung: ended === 'hung', ms: Date.now() - began };
}

/** Waits for the process, and ends it with all that it started where it does not end by itself. */
async function getEnd(
  child: ReturnType<typeof spawn>,
  report: string,
  limitMs: number,
  stop: AbortSignal,
): Promise<'itself' | 'limit' | 'hung'> {
  const deadline = Date.now() + limitMs;
  let reported: number | undefined;
  const closed = new Promise<'itself'>((resolve) => child.once('close', () => resolve('itself')));
  for (;;) {
    const ended = await Promise.race([
      closed,
      new Promise<'waiting'>((resolve) => setTimeout(resolve, 250, 'waiting')),
    ]);
    if (ended === 'itself') return killGroup(child, 'itself');
    if (existsSync(report)) reported ??= Date.now();
    if (reported !== undefined && Date.now() > reported + END_WITHIN_MS) return killGroup(child, 'hung');
    if (stop.aborted || (reported === undefined && Date.now() > deadline)) return killGroup(child, 'limit');
  }
}

function killGroup<T>(child: ReturnType<typeof spawn>, result: T): T {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of the group have ended.
  }
  return result;
}

function readReport(
  folder: string,
  path: string,
  isLimit: boolean,
): Pick<JestOutcome, 'kind' | 'failure' | 'spec' | 'isTestTimeout'> {
  const nothing = { failure: undefined, spec: undefined, isTestTimeout: false };
  if (isLimit) return { kind: 'timeout', ...nothing };
  if (!existsSync(path))
    return { ...nothing, kind: 'no report', failure: `Jest ended without a report: ${lastLine(folder)}` };
  const { success, testResults }: JestReport = JSON.parse(readFileSync(path, 'utf8'));
  if (success) return { kind: 'passed', ...nothing };
  const file = testResults.find(({ status }) => status === 'failed');
  const test = file?.assertionResults.find(({ status }) => status === 'failed');
  const message = test?.failureMessages[0] ?? file?.message ?? '';
  return {
    kind: 'failed',
    failure: `${test?.fullName ?? 'the file as a whole'}: ${firstLine(message)}`,
    spec: file?.name.slice(folder.length + 1),
    isTestTimeout: /Exceeded timeout of|did not come about within/.test(message),
  };
}

/** A colour or another control sequence of a terminal. */
const CONTROL_SEQUENCE = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');

function firstLine(message: string): string {
  return (
    message
      .replaceAll(CONTROL_SEQUENCE, '')
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.slice(0, 200) ?? ''
  );
}

function escapeName(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** The last thing that a process said which ended before it could report. */
function lastLine(folder: string): string {
  return firstLine(
    readFileSync(join(folder, '.mutation', 'jest.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .at(-1) ?? '',
  );
}

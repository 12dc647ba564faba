import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mutant } from './mutant.ts';

/** What became of one mutant. */
export type Verdict =
  /** A test failed. */
  | 'killed'
  /** A test, or the run, took too long: noticed, but badly. */
  | 'timeout'
  | 'survived'
  /** Jest ended before it could report: that may have other reasons than the mutant. */
  | 'no report'
  /** No test runs it. */
  | 'not run';

/** Whether a test noticed it. */
export function isNoticed({ verdict }: Pick<Result, 'verdict'>): boolean {
  return verdict === 'killed' || verdict === 'timeout';
}

export interface Result extends Mutant {
  readonly verdict: Verdict;
  readonly failure: string | undefined;
  /** The failing file did not end by itself. */
  readonly hung: boolean;
  readonly ms: number;
  /** Spec files that were run, of those that run the mutant. */
  readonly tried: number;
  readonly covering: number;
}

/** A survivor that stays, and why. */
interface Accepted {
  readonly id: string;
  readonly reason: string;
}

/** The results of all mutants so far, kept in a file so that a run can be continued. */
export class Report {
  readonly results = new Map<string, Result>();
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
    if (!existsSync(path)) return;
    const kept: readonly Result[] = JSON.parse(readFileSync(path, 'utf8'));
    for (const result of kept) this.results.set(result.id, result);
  }

  add(result: Result): void {
    this.results.set(result.id, result);
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, `${JSON.stringify([...this.results.values()], null, 1)}\n`);
  }
}

export function readAccepted(path: string): ReadonlyMap<string, string> {
  const accepted: readonly Accepted[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  return new Map(accepted.map(({ id, reason }) => [id, reason]));
}

/** The folder of `src` that a file belongs to: `jobs`, `images/fetching`. */
export function getRoom(file: string): string {
  const [, first = '', second = ''] = file.split('/');
  return ['images', 'server'].includes(first) && !second.endsWith('.ts') ? `${first}/${second}` : first;
}

/** Prints the score of each room, and the mutants that nothing noticed. */
export function printReport(results: readonly Result[], accepted: ReadonlyMap<string, string>): void {
  for (const result of results.filter((each) => !isNoticed(each))) {
    const { id, file, line, kind, before, text, verdict, tried, covering } = result;
    const runs =
      verdict === 'survived' && tried < covering ? ` (${tried} of ${covering} spec files tried)` : '';
    console.log(`${verdict}${runs} ${id} ${file}:${line} ${kind}: ${short(before)} → ${short(text)}`);
    const reason = accepted.get(id);
    if (reason !== undefined) console.log(`  accepted: ${reason}`);
  }
  const rooms = Map.groupBy(results, ({ file }) => getRoom(file));
  console.table(Object.fromEntries([...rooms].map(([room, its]) => [room, summarize(its, accepted)])));
}

function summarize(
  results: readonly Result[],
  accepted: ReadonlyMap<string, string>,
): Record<string, number | string> {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  const unnoticed = results.filter((result) => !isNoticed(result));
  return {
    mutants: results.length,
    killed: count('killed'),
    timeout: count('timeout'),
    survived: count('survived'),
    'no report': count('no report'),
    'not run': count('not run'),
    accepted: unnoticed.filter(({ id }) => accepted.has(id)).length,
    hung: results.filter(({ hung }) => hung).length,
    noticed: `${(100 * (1 - unnoticed.length / Math.max(results.length, 1))).toFixed(1)} %`,
    minutes: (results.reduce((sum, { ms }) => sum + ms, 0) / 60_000).toFixed(1),
  };
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 87)}…` : line;
}

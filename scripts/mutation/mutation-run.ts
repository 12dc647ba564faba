import type { Coverage, SpecChoice } from './coverage.ts';
import { type JestOutcome, runJest } from './jest-run.ts';
import { applyEdit, type Mutant } from './mutant.ts';
import type { Result } from './report.ts';
import type { TestDatabase } from './test-database.ts';
import type { Workspace } from './workspace.ts';

/** Added to three times the recorded duration of the tests that run, in milliseconds. */
const GRACE_MS = 30_000;
/** Characters of names that are given to Jest: the system allows 131,072 in one argument, and some characters are escaped. */
const MAX_NAMES_LENGTH = 60_000;
/** Limit of one test, in milliseconds: what a mutant breaks is to be noticed sooner, by an assertion. */
const TEST_TIMEOUT_MS = 30_000;

/** Runs mutants one at a time in a copy of the repository. */
export class MutationRun {
  private readonly workspace: Workspace;
  private readonly database: TestDatabase;
  private readonly coverage: Coverage;
  private readonly budgetMs: number;
  /** How many mutants of a source file a spec file has killed. */
  private readonly kills = new Map<string, number>();

  constructor(workspace: Workspace, database: TestDatabase, coverage: Coverage, budgetMs: number) {
    this.workspace = workspace;
    this.database = database;
    this.coverage = coverage;
    this.budgetMs = budgetMs;
  }

  async run(mutant: Mutant, stop: AbortSignal): Promise<Result> {
    const source = this.workspace.read(mutant.file);
    const choices = this.coverage.choose(mutant, source);
    const chosen = this.withinBudget(this.ranked(mutant, choices));
    const about = { ...mutant, tried: chosen.length, covering: choices.length };
    if (chosen.length === 0) {
      return { ...about, verdict: 'not run', failure: undefined, hung: false, ms: 0 };
    }
    this.workspace.write(mutant.file, applyEdit(source, mutant));
    try {
      const outcome = await this.runTests(chosen, stop);
      if (outcome.spec !== undefined) this.recordKill(mutant, outcome.spec);
      if (outcome.kind !== 'passed' || outcome.hung) await this.database.dropLeftovers();
      return { ...about, ...getVerdict(outcome), hung: outcome.hung, ms: outcome.ms };
    } finally {
      this.workspace.restore(mutant.file);
    }
  }

  private async runTests(chosen: readonly SpecChoice[], stop: AbortSignal): Promise<JestOutcome> {
    // A name may stand in several files; where one runs as a whole, no name may hold its tests back.
    const names = chosen.flatMap((choice) => choice.names ?? []);
    const isNamed =
      chosen.every((choice) => choice.names !== undefined) &&
      names.reduce((length, name) => length + name.length, 0) < MAX_NAMES_LENGTH;
    return runJest({
      folder: this.workspace.folder,
      databaseUrl: this.database.url,
      specs: chosen.map(({ spec }) => spec),
      names: isNamed ? names : undefined,
      limitMs: 3 * chosen.reduce((sum, { ms }) => sum + ms, 0) + GRACE_MS,
      testTimeoutMs: TEST_TIMEOUT_MS,
      stop,
    });
  }

  /** What has killed mutants of this file before comes first, then what runs little else. */
  private ranked({ file }: Mutant, choices: readonly SpecChoice[]): SpecChoice[] {
    const kills = ({ spec }: SpecChoice): number => this.kills.get(`${file} ${spec}`) ?? 0;
    return choices.toSorted(
      (one, other) =>
        Number(isUnit(other.spec)) - Number(isUnit(one.spec)) ||
        kills(other) - kills(one) ||
        other.share - one.share,
    );
  }

  private withinBudget(choices: readonly SpecChoice[]): SpecChoice[] {
    let ms = 0;
    return choices.filter((choice, index) => {
      if (index > 0 && ms + choice.ms > this.budgetMs) return false;
      ms += choice.ms;
      return true;
    });
  }

  private recordKill({ file }: Mutant, spec: string): void {
    const key = `${file} ${spec}`;
    this.kills.set(key, (this.kills.get(key) ?? 0) + 1);
  }
}

/** Tests beside their source start nothing large. */
function isUnit(spec: string): boolean {
  return spec.startsWith('src/');
}

function getVerdict({ kind, failure, isTestTimeout }: JestOutcome): Pick<Result, 'verdict' | 'failure'> {
  if (kind === 'passed') return { verdict: 'survived', failure };
  if (kind === 'no report') return { verdict: 'no report', failure };
  if (kind === 'timeout') return { verdict: 'timeout', failure: 'the run took too long' };
  return { verdict: isTestTimeout ? 'timeout' : 'killed', failure };
}

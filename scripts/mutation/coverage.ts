import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { instrument, listPlaces, getPlace } from './instrument.ts';
import { runJest } from './jest-run.ts';
import type { Mutant } from './mutant.ts';
import type { TestDatabase } from './test-database.ts';
import { listFiles, Workspace } from './workspace.ts';

/** Places that ran, by file. */
type Ran = Readonly<Record<string, readonly number[]>>;

interface RecordedTest {
  readonly name: string;
  readonly ms: number;
  readonly ran: Ran;
}

/** What ran in the tests of one spec file. */
interface SpecRecord {
  readonly ms: number;
  /** What ran while no test did: imports, hooks, and work in the background. */
  readonly outside: Ran;
  readonly tests: readonly RecordedTest[];
  /** Digests of the spec file and of the sources that ran, as they were. */
  readonly digests: Readonly<Record<string, string>>;
}

/** The tests of one spec file that run a mutant. */
export interface SpecChoice {
  readonly spec: string;
  /** All tests of the file where it is undefined. */
  readonly names: readonly string[] | undefined;
  readonly ms: number;
  /** Part of what these tests run that stands in the mutant's file: the more, the likelier they notice. */
  readonly share: number;
}

/** Where more tests of a file than this run a mutant, the whole file is run. */
const MAX_NAMES = 40;
/** Limit of the run of one spec file that is recorded, in milliseconds. */
const RECORD_WITHIN_MS = 300_000;

/** Knows which tests run which places of the sources, from a recorded run of each spec file. */
export class Coverage {
  private readonly records = new Map<string, SpecRecord>();
  private readonly root: string;
  private readonly store: string;

  constructor(root: string, store: string) {
    this.root = root;
    this.store = join(store, 'coverage');
    for (const spec of this.listSpecs()) {
      const path = this.toPath(spec);
      if (existsSync(path)) this.records.set(spec, JSON.parse(readFileSync(path, 'utf8')));
    }
  }

  /** Records the spec files whose record is missing, or older than the file or the sources it runs. */
  async refresh(
    database: TestDatabase,
    isWanted: (spec: string) => boolean,
    stop: AbortSignal,
  ): Promise<void> {
    const stale = this.listSpecs().filter((spec) => isWanted(spec) && this.isStale(spec));
    if (stale.length === 0) return;
    const workspace = new Workspace(this.root);
    try {
      for (const file of listSources(this.root))
        workspace.write(file, instrument(file, workspace.read(file)));
      for (const [index, spec] of stale.entries()) {
        if (stop.aborted) return;
        const folder = join(workspace.folder, '.mutation', 'records');
        const outcome = await runJest({
          folder: workspace.folder,
          databaseUrl: database.url,
          specs: [spec],
          limitMs: RECORD_WITHIN_MS,
          record: folder,
          stop,
        });
        const path = join(folder, `${spec}.json`);
        const seconds = Math.round(outcome.ms / 1000);
        const isKept = outcome.kind === 'passed' && existsSync(path);
        console.log(
          `recorded ${index + 1}/${stale.length} ${spec} ${isKept ? 'in' : `FAILED (${outcome.failure}) after`} ${seconds} s`,
        );
        if (isKept) this.keep(spec, JSON.parse(readFileSync(path, 'utf8')));
        await database.dropLeftovers();
      }
    } finally {
      workspace.remove();
    }
  }

  /** The tests that run a mutant, those that are likeliest to notice it first. */
  choose(mutant: Mutant, source: string): SpecChoice[] {
    const places = listPlaces(mutant.file, source);
    const place = getPlace(places, mutant.from, mutant.to);
    // What runs when the file is loaded is noticed where its functions run.
    const isLoad = place === -1 || this.runsOnlyOutside(mutant.file, place);
    const choices: SpecChoice[] = [];
    for (const [spec, record] of this.records) {
      const ran = record.tests.filter((test) => {
        const its = test.ran[mutant.file] ?? [];
        return isLoad ? its.length > 0 : its.includes(place);
      });
      const isOutside = !isLoad && ran.length === 0 && (record.outside[mutant.file] ?? []).includes(place);
      if (ran.length === 0 && !isOutside) continue;
      const chosen = isOutside ? record.tests : ran;
      const testMs = chosen.reduce((sum, { ms }) => sum + ms, 0);
      const allMs = record.tests.reduce((sum, { ms }) => sum + ms, 0);
      choices.push({
        spec,
        names:
          chosen.length > MAX_NAMES || chosen.length === record.tests.length
            ? undefined
            : chosen.map(({ name }) => name),
        ms: Math.max(record.ms - allMs, 0) + testMs,
        share: Math.max(...chosen.map(({ ran: all }) => getShare(all, mutant.file)), 0),
      });
    }
    return choices.toSorted((one, other) => other.share - one.share);
  }

  private runsOnlyOutside(file: string, place: number): boolean {
    for (const { tests } of this.records.values()) {
      if (tests.some(({ ran }) => (ran[file] ?? []).includes(place))) return false;
    }
    return true;
  }

  private isStale(spec: string): boolean {
    const digests = this.records.get(spec)?.digests;
    if (digests === undefined) return true;
    return Object.entries(digests).some(
      ([file, digest]) => !existsSync(join(this.root, file)) || this.getDigest(file) !== digest,
    );
  }

  private keep(spec: string, record: Omit<SpecRecord, 'digests'>): void {
    const files = new Set([spec, ...record.tests.flatMap(({ ran }) => Object.keys(ran))]);
    const digests = Object.fromEntries([...files].map((file) => [file, this.getDigest(file)]));
    const kept = { ...record, digests };
    mkdirSync(dirname(this.toPath(spec)), { recursive: true });
    writeFileSync(this.toPath(spec), JSON.stringify(kept));
    this.records.set(spec, kept);
  }

  private getDigest(file: string): string {
    return createHash('sha256')
      .update(readFileSync(join(this.root, file)))
      .digest('hex')
      .slice(0, 16);
  }

  private toPath(spec: string): string {
    return join(this.store, `${spec}.json`);
  }

  private listSpecs(): string[] {
    return ['src', 'test']
      .flatMap((folder) => listFiles(this.root, folder))
      .filter((name) => /[.-]spec\.ts$/.test(name));
  }
}

/** The sources of the service, without their tests. */
export function listSources(root: string, below = 'src'): string[] {
  return listFiles(root, below).filter(
    (name) => name.startsWith('src/') && name.endsWith('.ts') && !/(\.spec|\.d)\.ts$/.test(name),
  );
}

function getShare(ran: Ran, file: string): number {
  const all = Object.values(ran).reduce((sum, places) => sum + places.length, 0);
  return all === 0 ? 0 : (ran[file]?.length ?? 0) / all;
}

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A copy of the repository in a temporary folder. All changes are made there, never in the repository. */
export class Workspace {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'shelfline-mutation-')));
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
    for (const name of [...listFiles(root, '.'), 'dist']) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    this.configureJest();
  }

  static readFrom(root: string, file: string): string {
    return readFileSync(join(root, file), 'utf8');
  }

  /** A file as it is in the repository. */
  read(file: string): string {
    return Workspace.readFrom(this.root, file);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  restore(file: string): void {
    this.write(file, this.read(file));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The configuration of the repository, with the test environment of mutation runs and without what starts a database. */
  private configureJest(): void {
    const config: Record<string, unknown> = JSON.parse(this.read('jest.config.json'));
    for (const name of ['globalSetup', 'globalTeardown', 'maxWorkers']) delete config[name];
    mkdirSync(join(this.folder, '.mutation'), { recursive: true });
    this.write(
      'jest.mutation.json',
      JSON.stringify({
        ...config,
        testEnvironment: '<rootDir>/scripts/mutation/environment.mjs',
        testSequencer: '<rootDir>/scripts/mutation/sequencer.mjs',
        cacheDirectory: join(dirname(this.folder), 'shelfline-mutation-cache'),
      }),
    );
  }
}

/** The files of the repository that Git knows or would know, below a path. */
export function listFiles(root: string, below: string): string[] {
  const { stdout, status, stderr } = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', below],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`);
  const names = new Set(stdout.split('\n').filter((name) => name !== ''));
  // Git still knows what was deleted just now.
  return [...names].filter((name) => existsSync(join(root, name)));
}

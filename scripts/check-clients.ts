/**
 * Generates clients from `openapi.json` with openapi-typescript, Hey API and orval, and compiles them: `npm run lint:clients`. The generated
 * files are removed. Nothing is fetched.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = join(PROJECT, 'openapi.json');
/** Time for one generator, in milliseconds. */
const TIMEOUT_MS = 120_000;

interface Generator {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: (folder: string) => readonly string[];
  /** The files to compile, in the folder. */
  readonly files: readonly string[];
}

const GENERATORS: readonly Generator[] = [
  {
    name: 'openapi-typescript',
    command: (folder) => ['openapi-typescript/bin/cli.js', DOCUMENT, '--output', join(folder, 'types.ts')],
    files: ['types.ts'],
  },
  {
    name: '@hey-api/openapi-ts',
    command: (folder) => ['@hey-api/openapi-ts/bin/run.js', '--input', DOCUMENT, '--output', folder],
    files: ['index.ts', 'client.gen.ts'],
  },
  {
    name: 'orval',
    command: (folder) => [
      'orval/dist/bin/orval.mjs',
      '--input',
      DOCUMENT,
      '--output',
      join(folder, 'client.ts'),
      '--client',
      'fetch',
    ],
    files: ['client.ts'],
  },
];

const COMPILER_OPTIONS =
  '--noEmit --strict --skipLibCheck --ignoreConfig --target es2023 --module esnext --moduleResolution bundler --lib es2023,dom,dom.iterable'.split(
    ' ',
  );

/** Runs a script of a package in Node. Returns its output if it fails, else undefined. */
async function findFault(script: string, ...args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(PROJECT, 'node_modules', script), ...args],
      { cwd: PROJECT, timeout: TIMEOUT_MS },
      (error, stdout, stderr) =>
        resolve(error === null ? undefined : `${stdout}${stderr}`.trim() || error.message),
    );
  });
}

async function check({ name, command, files }: Generator): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfline-client-'));
  try {
    const [script = '', ...args] = command(folder);
    const failed =
      (await findFault(script, ...args)) ??
      (await findFault(
        'typescript/bin/tsc',
        ...COMPILER_OPTIONS,
        ...files.map((file) => join(folder, file)),
      ));
    return failed === undefined ? [] : [`${name} makes no client of openapi.json that compiles:\n${failed}`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The faults of a part of the document, each with its place. */
function findFaults(part: unknown, path = '#'): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const fault = findQuote(part) ?? findBareParameter(part);
  return [
    ...(fault === undefined ? [] : [`${path} ${fault}`]),
    ...Object.entries(part).flatMap(([name, inner]) => findFaults(inner, `${path}/${name}`)),
  ];
}

/** Earlier versions of orval write an enum with a quote as code that does not compile. */
function findQuote(part: object): string | undefined {
  const words: unknown = Reflect.get(part, 'enum');
  const isQuoted = Array.isArray(words) && words.some((word) => /['"`\\]/.test(String(word)));
  return isQuoted ? 'is an enum with a quote in it: describe it by a pattern' : undefined;
}

function findBareParameter(part: object): string | undefined {
  const isRequired = 'in' in part && 'schema' in part && Reflect.get(part, 'required') === true;
  if (!isRequired) return undefined;
  const { schema } = part;
  const hasExample =
    'example' in part || (typeof schema === 'object' && schema !== null && 'example' in schema);
  return hasExample ? undefined : 'is a required parameter without an example';
}

const document: unknown = JSON.parse(await readFile(DOCUMENT, 'utf8'));
const faults = findFaults(document);
// One at a time, because each keeps a processor busy for seconds.
for (const generator of GENERATORS) faults.push(...(await check(generator)));
for (const each of faults) console.error(each);
if (faults.length > 0) process.exitCode = 1;

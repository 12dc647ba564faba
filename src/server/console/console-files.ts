import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Where the build puts the console. */
const FOLDER = fileURLToPath(new URL('../../console', import.meta.url));
const INDEX = 'index.html';
/** The build names the files in this folder after their content. */
const HASHED = 'assets/';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** They are compressed already. */
const PACKED: ReadonlySet<string> = new Set(['.png', '.woff2']);

/** A file of the console. Its answers do not depend on the caller. */
export interface ConsoleFile {
  /** Such as `/assets/index-B2x.js`. */
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
  /** The content with gzip; undefined where that makes it no smaller. */
  readonly gzipped: Buffer | undefined;
  /** Whether its name changes with its content. */
  readonly isHashed: boolean;
}

/** The built console, held in memory: it is small, and a request then reads no disk. */
export interface ConsoleBuild {
  readonly index: string;
  readonly files: readonly ConsoleFile[];
}

/** Reads the built console. Returns undefined if it was not built. */
export async function readConsole(folder = FOLDER): Promise<ConsoleBuild | undefined> {
  const index = await readFile(join(folder, INDEX), 'utf8').catch(() => undefined);
  if (index === undefined) return undefined;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((name) => name !== INDEX);
  return { index, files: await Promise.all(names.map((name) => toConsoleFile(folder, name))) };
}

async function toConsoleFile(folder: string, name: string): Promise<ConsoleFile> {
  const content = await readFile(join(folder, name));
  const extension = extname(name);
  const type = TYPES[extension];
  if (type === undefined) throw new TypeError(`The type of ${name} in the console is not known`);
  const gzipped = PACKED.has(extension) ? undefined : await promisify(gzip)(content);
  return {
    path: `/${name}`,
    type,
    content,
    gzipped: gzipped !== undefined && gzipped.length < content.length ? gzipped : undefined,
    isHashed: name.startsWith(HASHED),
  };
}

import { readFileSync } from 'node:fs';

/** The version in `package.json`. */
export const VERSION = stringIn('../../package.json', 'version') ?? 'unknown';

/** The commit of the build, if known. */
export const COMMIT = stringIn('../build-info.json', 'commit');

function stringIn(path: string, key: string): string | null {
  const content = readJson(new URL(path, import.meta.url));
  if (typeof content !== 'object' || content === null) return null;
  const value: unknown = Object.getOwnPropertyDescriptor(content, key)?.value;
  return typeof value === 'string' ? value : null;
}

function readJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Without a build there is no build information.
    return undefined;
  }
}

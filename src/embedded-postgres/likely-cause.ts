import { statfs } from 'node:fs/promises';

/**
 * With less free space than this, a failure is attributed to a full disk, which also prevents programs from
 * saying so.
 */
const LITTLE_ROOM = 1 << 20;

const FULL = /No space left on device|Disk quota exceeded|Check free disk space|wrote only \d+ of \d+ bytes/;

/**
 * Returns in one line why a PostgreSQL program failed: a full disk, or the first error in its output.
 *
 * @param path a path on the disk that it wrote to
 */
export async function likelyCause(output: string, path: string): Promise<string> {
  const said = firstFailure(output);
  const disk = await statfs(path).catch(() => undefined);
  if (FULL.test(output) || (disk && disk.bavail * disk.bsize < LITTLE_ROOM)) {
    return said ? `the disk is full (${said})` : 'the disk is full';
  }
  return said || 'it said nothing';
}

/** The first error in the output, without its time and process id. Later errors usually follow from it. */
export function firstFailure(output: string): string {
  const lines = output.trim().split('\n');
  const failures = lines.flatMap((line) => /\b(?:FATAL|PANIC|ERROR|error): +(.*)/.exec(line)?.[1] ?? []);
  const said = (failures[0] ?? lines.at(-1) ?? '').trim();
  return said.length > 300 ? `${said.slice(0, 300)}…` : said;
}

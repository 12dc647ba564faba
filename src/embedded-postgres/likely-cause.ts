import { statfs } from 'node:fs/promises';

/** Less room than this and a failure is taken for that of a full disk, which also keeps programs from saying so. */
const LITTLE_ROOM = 1 << 20;

const FULL = /No space left on device|Disk quota exceeded|Check free disk space|wrote only \d+ of \d+ bytes/;

/**
 * Says in one line why a PostgreSQL program failed: that the disk is full, or the first failure it wrote of.
 *
 * @param path a place on the disk it wrote to.
 */
export async function likelyCause(output: string, path: string): Promise<string> {
  const said = firstFailure(output);
  const disk = await statfs(path).catch(() => undefined);
  if (FULL.test(output) || (disk && disk.bavail * disk.bsize < LITTLE_ROOM)) {
    return said ? `the disk is full (${said})` : 'the disk is full';
  }
  return said || 'it said nothing';
}

/** The first line that tells of a failure, without its time and process id, as the later ones follow from it. */
export function firstFailure(output: string): string {
  const lines = output.trim().split('\n');
  const failures = lines.flatMap((line) => /\b(?:FATAL|PANIC|ERROR|error): +(.*)/.exec(line)?.[1] ?? []);
  const said = (failures[0] ?? lines.at(-1) ?? '').trim();
  return said.length > 300 ? `${said.slice(0, 300)}…` : said;
}

import { statfs } from 'node:fs/promises';

/** Less room than this and a failure is taken for that of a full disk, which also keeps programs from saying so. */
const LITTLE_ROOM = 1 << 20;

/**
 * Says in one line why a PostgreSQL program failed: the disk's being full, or the gravest thing it wrote.
 *
 * @param path a place on the disk it wrote to.
 */
export async function likelyCause(output: string, path: string): Promise<string> {
  const said = gravestLine(output);
  const disk = await statfs(path).catch(() => undefined);
  if (
    /No space left on device|Disk quota exceeded/.test(output) ||
    (disk && disk.bavail * disk.bsize < LITTLE_ROOM)
  ) {
    return said ? `the disk is full (${said})` : 'the disk is full';
  }
  return said || 'it said nothing';
}

/** The last line of the highest level there is, without its time and process id. */
export function gravestLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  for (const level of [/\b(?:FATAL|PANIC): +(.*)/, /\b(?:error|ERROR): +(.*)/, /(.+)/]) {
    const found = lines.map((line) => level.exec(line)?.[1]).filter((text) => text !== undefined);
    const last = found.at(-1);
    if (last) {
      return last.length > 300 ? `${last.slice(0, 300)}…` : last;
    }
  }
  return '';
}

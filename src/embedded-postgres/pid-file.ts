import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a server's `postmaster.pid` says: line 1 is its process, line 8 the state it is in. */
export interface PidFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** Reads a cluster's `postmaster.pid`; undefined when there is none, or it is not (yet) one. */
export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  // A server in single-user mode writes its process id with a minus.
  const pid = Math.abs(Number(lines[0]));
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

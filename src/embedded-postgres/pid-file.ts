import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The content of `postmaster.pid`: line 1 is the process id, line 8 the state. */
export interface PidFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** Reads a cluster's `postmaster.pid`; undefined if it does not exist or is incomplete. */
export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  // A server in single-user mode writes a negative process id.
  const pid = Math.abs(Number(lines[0]));
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

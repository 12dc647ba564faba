import { spawn } from 'node:child_process';
import type { Account } from './accounts.js';
import { childEnvironment } from './supervised-process.js';

/** How a short program ended: `status` is undefined when it could not be started or a signal ended it. */
export interface RunResult {
  readonly status: number | undefined;
  readonly output: string;
}

/**
 * Runs a short program to its end, under another account if one is given, in a session of its own: a terminal's Ctrl-C is
 * for the application, and must not look like a fault of the program. Never rejects.
 */
export function run(command: string, args: readonly string[], account?: Account): Promise<RunResult> {
  return new Promise((resolve) => {
    try {
      const child = spawn(command, args, {
        ...account,
        cwd: '/',
        env: childEnvironment(),
        timeout: 20_000,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.once('error', (error) => resolve({ status: undefined, output: error.message }));
      // Without a descriptor left it has no pipes either.
      if (child.pid === undefined) return;
      let output = '';
      let complaint = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      child.once('close', (status, signal) => {
        if (status === 0) resolve({ status, output });
        else
          resolve({
            status: status ?? undefined,
            output: complaint.trim() || `${command} ended with ${signal ?? status}`,
          });
      });
    } catch (error) {
      // Node throws some refusals of the operating system, and reports others.
      resolve({ status: undefined, output: String(error) });
    }
  });
}

import { spawn } from 'node:child_process';
import type { Account } from './accounts.js';
import { childEnvironment } from './supervised-process.js';

/** How a program ended. `status` is undefined if it could not be started, or a signal ended it. */
export interface RunResult {
  readonly status: number | undefined;
  readonly output: string;
}

/**
 * Runs a short program to its end, optionally under another account. It runs in its own session, so that Ctrl-C
 * in a terminal does not end it. Never rejects.
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
      // If no file descriptor was free, the child has no pipes.
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
      // Node throws some errors of the operating system instead of emitting them.
      resolve({ status: undefined, output: String(error) });
    }
  });
}

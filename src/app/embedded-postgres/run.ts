import { execFile } from 'node:child_process';
import type { Account } from './accounts.js';
import { childEnvironment } from './supervised-process.js';

/** How a short program ended: `status` is undefined when it could not be started or a signal ended it. */
export interface RunResult {
  readonly status: number | undefined;
  readonly output: string;
}

/** Runs a short program to its end, under another account if one is given. Never rejects. */
export function run(command: string, args: readonly string[], account?: Account): Promise<RunResult> {
  return new Promise((resolve) => {
    const options = { ...account, cwd: '/', env: childEnvironment(), timeout: 20_000 };
    try {
      execFile(command, args, options, (error, stdout, stderr) => {
        if (error) {
          const status = typeof error.code === 'number' ? error.code : undefined;
          resolve({ status, output: stderr.trim() || error.message });
        } else {
          resolve({ status: 0, output: stdout });
        }
      });
    } catch (error) {
      // Node throws some refusals of the operating system, and reports others.
      resolve({ status: undefined, output: String(error) });
    }
  });
}

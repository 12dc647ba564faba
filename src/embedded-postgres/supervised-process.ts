import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Account } from './accounts.js';

/** How a program is ended when it is let go of, or when the application vanishes. */
export type Ending = 'fast-shutdown' | 'kill';

/**
 * What the watching shell does to end its program. A server that has not come to listen to signals yet dies of the
 * first; to one that has, it is a polite request, which the second, a fast shutdown, makes an order. A program to be
 * killed goes with all its process group, the shell included.
 */
const ENDINGS: Record<Ending, string> = {
  'fast-shutdown': 'kill -s TERM "$program"; kill -s INT "$program"',
  kill: 'kill -s KILL 0',
};

/**
 * The watching shell. Its standard input is a pipe whose other end only the application holds: when that closes,
 * whatever the reason, the program is ended. The shell is the program's parent, so what it signals is never a stranger
 * with the same process id, and it outlives the signals that a terminal or an init system sends to everybody.
 * Descriptor 4 stays with the program alone.
 */
const script = (ending: Ending): string => `
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
trap '' HUP INT TERM
(cd /; exec 4<&- >/dev/null 2>&1; read -r _ <&3; ${ENDINGS[ending]}) &
watch=$!
wait "$program"
status=$?
exec 2>/dev/null
kill -s KILL "$watch"
wait "$watch"
exit "$status"`;

export interface SupervisedProcessOptions {
  readonly ending: Ending;
  /** Runs it under this account; undefined is the application's own. */
  readonly account: Account | undefined;
  /** Entered with the application's rights, before they are given up. */
  readonly cwd: string;
  /** Where standard output and error go: a file descriptor, or `capture` for {@link SupervisedProcess.output}. */
  readonly output: number | 'capture';
  /** A file descriptor that the program keeps open for as long as any of its processes lives. */
  readonly heldOpen: number;
}

/** A program that does not outlive the application, not even when that is ended by `kill -9`. */
export class SupervisedProcess {
  /** Resolves with the program's exit status: 128 and the signal's number when a signal ended it. */
  readonly exited: Promise<number>;
  private captured = '';

  private constructor(private readonly shell: ChildProcess) {
    for (const stream of [shell.stdout, shell.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.captured = (this.captured + text).slice(-8192);
      });
    }
    // Nothing is ever written to it; that it broke is said by the exit.
    shell.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      shell.once('close', (status) => {
        shell.stdin?.destroy();
        resolve(status ?? 137);
      });
    });
  }

  /** Starts a program in a session of its own, away from a terminal's Ctrl-C. Rejects when it cannot be started. */
  static start(
    command: string,
    args: readonly string[],
    options: SupervisedProcessOptions,
  ): Promise<SupervisedProcess> {
    const output = options.output === 'capture' ? 'pipe' : options.output;
    const shell = spawn('/bin/sh', ['-c', script(options.ending), 'shelfline-watch', command, ...args], {
      ...options.account,
      cwd: options.cwd,
      env: childEnvironment(),
      detached: true,
      stdio: ['pipe', output, output, 'ignore', options.heldOpen],
    });
    const supervised = new SupervisedProcess(shell);
    return new Promise((resolve, reject) => {
      shell.once('spawn', () => resolve(supervised));
      shell.once('error', reject);
    });
  }

  /** The last of what the program wrote, when it is captured. */
  get output(): string {
    return this.captured;
  }

  /** Ends the program, by closing the pipe that the shell watches; await {@link exited} for the end of it. */
  detach(): void {
    this.shell.stdin?.destroy();
  }

  /** Lets the application end while the program runs, which ends the program as well. */
  unref(): void {
    this.shell.unref();
    if (this.shell.stdin instanceof Socket) {
      this.shell.stdin.unref();
    }
  }

  /** Undoes {@link unref}, to await the end of the program. */
  ref(): void {
    this.shell.ref();
  }
}

/** The little that children get to know of the application's environment: no secrets, no locale, UTC. */
export function childEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Account } from './accounts.js';

/** How a program is ended when it is detached, or when the application ends. */
export type Ending = 'fast-shutdown' | 'kill';

/**
 * Shell commands that end the program. A server that does not handle signals yet dies of the first one.
 * Otherwise the first one is a smart shutdown, which the second one makes a fast shutdown. `kill` ends the
 * whole process group including the shell.
 */
const ENDINGS: Record<Ending, string> = {
  'fast-shutdown': 'kill -s TERM "$program"; kill -s INT "$program"',
  kill: 'kill -s KILL 0',
};

/**
 * The supervising shell. Its standard input is a pipe whose other end only the application holds. When that
 * closes for any reason, the shell ends the program. The shell is the program's parent, so it never signals
 * another process with the same id. It ignores the signals that a terminal or an init system sends to all
 * processes. Only the program keeps descriptor 4.
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
  /** Account that runs the program; undefined for the application's own. */
  readonly account: Account | undefined;
  /** Working folder. It is entered with the application's rights, before the account changes. */
  readonly cwd: string;
  /**
   * Target of standard output and error: a file descriptor, or `capture` for {@link SupervisedProcess.output}.
   */
  readonly output: number | 'capture';
  /** A file descriptor that the program's processes keep open until the last of them ends. */
  readonly heldOpen: number;
}

/** A program that ends with the application, even if that is ended by `kill -9`. */
export class SupervisedProcess {
  /** Resolves with the program's exit status: 128 plus the signal's number if a signal ended it. */
  readonly exited: Promise<number>;
  private captured = '';

  private constructor(private readonly shell: ChildProcess) {
    for (const stream of [shell.stdout, shell.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.captured = (this.captured + text).slice(-8192);
      });
    }
    // Nothing is written to it, and the exit reports that it broke.
    shell.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      shell.once('close', (status) => {
        shell.stdin?.destroy();
        resolve(status ?? 137);
      });
    });
  }

  /**
   * Starts a program in its own session, so that Ctrl-C in a terminal does not end it. Rejects if it cannot be
   * started.
   */
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

  /** The end of the captured output. */
  get output(): string {
    return this.captured;
  }

  /** Ends the program by closing the pipe to the shell. Await {@link exited} for its end. */
  detach(): void {
    this.shell.stdin?.destroy();
  }

  /** Allows the application to end while the program runs, which also ends the program. */
  unref(): void {
    this.shell.unref();
    if (this.shell.stdin instanceof Socket) {
      this.shell.stdin.unref();
    }
  }

  /** Reverts {@link unref}, so that the end of the program can be awaited. */
  ref(): void {
    this.shell.ref();
  }
}

/** Environment of child processes: no secrets, no locale, UTC. */
export function childEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

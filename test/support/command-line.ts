import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { endLater, hasEnded } from './leftovers.js';
import { nextEvent, WITHIN_MS } from './until.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The built command line in a process of its own, as users run it, without a terminal. */
export class CommandLine {
  out = '';
  err = '';
  private readonly child;
  private readonly closed: Promise<unknown>;

  /**
   * @param input its standard input; null leaves that open, for `feed`
   * @param canPrint false opens its standard output for reading alone, so that each write to it fails as on a full disk
   */
  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    input: string | null = '',
    canPrint = true,
  ) {
    const redirection = canPrint ? '' : '1< /dev/null';
    this.child = spawn('/bin/sh', ['-c', `exec "$0" "$@" ${redirection}`, process.execPath, MAIN, ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.closed = once(this.child, 'close');
    endLater(this, () => this.child.kill('SIGKILL'));
    this.child.once('close', () => hasEnded(this));
    this.child.stdout.setEncoding('utf8').on('data', (chunk: string) => (this.out += chunk));
    this.child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.err += chunk));
    this.child.stdin.on('error', () => {});
    if (input !== null) this.child.stdin.end(input);
  }

  /** Gives it more to read, and waits until it has read so much that no buffer between holds the rest. */
  async feed(input: Buffer): Promise<void> {
    if (!this.child.stdin.write(input)) await once(this.child.stdin, 'drain');
  }

  /** What it prints, to be read or not. */
  get stdout(): Readable {
    return this.child.stdout;
  }

  /** Waits until it has said something like this beside its results. */
  async says(pattern: RegExp): Promise<void> {
    const what = `an output like ${pattern}`;
    while (!pattern.test(this.err)) await nextEvent(this.child.stderr, 'data', what, 3 * WITHIN_MS);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Its exit status, once it has ended. */
  async end(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }
}

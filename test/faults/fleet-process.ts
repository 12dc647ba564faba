import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Starts over and over are cheaper with it. */
const COMPILE_CACHE = join(tmpdir(), 'shelfline-faults-compile-cache');

/** How a process ended: by itself or on SIGTERM with a status, or by a signal. */
export interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built server in a process, as users run it. */
export class FleetProcess {
  readonly bornAt = performance.now();
  readonly ended: Promise<End>;
  /** Resolves with the milliseconds that its start took, once it says where it serves. */
  readonly up: Promise<number>;
  private readonly child: ChildProcess;
  private last = '';
  private announced = false;

  constructor(environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const up = Promise.withResolvers<number>();
    this.up = up.promise;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.last = (this.last + text).slice(-4000);
        if (this.announced || !/Shelfline \S+ .*(?:serves|works on batches)/.test(text)) return;
        this.announced = true;
        up.resolve(performance.now() - this.bornAt);
      });
    }
    this.ended = once(this.child, 'close').then(() => ({
      status: this.child.exitCode,
      signal: this.child.signalCode,
    }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Whether it has come so far as to say where it serves. */
  get isUp(): boolean {
    return this.announced;
  }

  /** The last of what it wrote. */
  get output(): string {
    return this.last;
  }

  /** Sends a signal; none to a process that ended. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

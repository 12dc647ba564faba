import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { styleText } from 'node:util';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What a command came to. */
export interface Outcome {
  readonly status: number | null;
  /** What it printed. */
  readonly printed: string;
}

/** Shelfline's command line, as `npx shelfline` would run it, on one server and in one folder. */
export class CommandLine {
  private readonly origin: string;
  private readonly folder: string;

  constructor(origin: string, folder: string) {
    this.origin = origin;
    this.folder = folder;
  }

  /** Runs a command for all to see; its progress goes to the terminal itself. */
  async show(...args: string[]): Promise<Outcome> {
    process.stdout.write(`${styleText('dim', `$ npx shelfline ${args.join(' ')}`)}\n`);
    const outcome = await this.spawn(args, (chunk) => process.stdout.write(chunk));
    process.stdout.write('\n');
    return outcome;
  }

  /** Runs a command and keeps what it prints. */
  async run(...args: string[]): Promise<Outcome> {
    return this.spawn(args, () => undefined);
  }

  private async spawn(args: readonly string[], heard: (chunk: string) => void): Promise<Outcome> {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        SHELFLINE_URL: this.origin,
        SHELFLINE_API_KEY: '',
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      },
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
      heard(chunk);
    });
    await once(child, 'close');
    return { status: child.exitCode, printed };
  }
}

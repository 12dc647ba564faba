#!/usr/bin/env node
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { Output } from './output.js';
import { createProgram } from './program.js';

/** The command line: runs one command, and ends with what came of it. */
async function main(args: readonly string[]): Promise<ExitStatus> {
  let exitStatus: ExitStatus = EXIT.ok;
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const output = new Output(process.stdout, process.stderr, (fault) =>
    process.exit(fault === undefined ? exitStatus : told(fault)),
  );
  const program = createProgram({
    output,
    signal: interrupted.signal,
    done: (status) => (exitStatus = status),
  });
  const told = (error: CliError): ExitStatus => {
    output.say(program.opts<{ json?: boolean }>().json === true ? error.json() : error.lines());
    return error.exitStatus;
  };
  try {
    await program.parseAsync(args);
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (interrupted.signal.aborted) return EXIT.interrupted;
    if (!(error instanceof CliError)) {
      output.say(`shelfline: A fault of this program: ${inspect(error)}`);
      return EXIT.internal;
    }
    return told(error);
  }
  return exitStatus;
}

const exitStatus = await main(process.argv);
// Standard input, or a connection that is kept, would hold the process up; what was written goes out first.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit(exitStatus);

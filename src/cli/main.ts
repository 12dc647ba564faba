#!/usr/bin/env node
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { CliError, UsageError } from './cli-error.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { Output } from './output.js';
import { createProgram } from './program.js';

/** Runs one command and returns its exit status. */
async function main(args: readonly string[]): Promise<ExitStatus> {
  let exitStatus: ExitStatus = EXIT.ok;
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const output = new Output(process.stdout, process.stderr, (fault) =>
    process.exit(fault === undefined ? exitStatus : report(fault)),
  );
  const program = createProgram({
    output,
    signal: interrupted.signal,
    done: (status) => (exitStatus = status),
  });
  const report = (error: CliError): ExitStatus => {
    output.say(wantsJson(args) ? error.json() : error.lines());
    return error.exitStatus;
  };
  try {
    await program.parseAsync(args);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : report(toUsageError(error));
    if (interrupted.signal.aborted) return EXIT.interrupted;
    if (!(error instanceof CliError)) {
      output.say(`shelfline: Internal error: ${inspect(error)}`);
      return EXIT.internal;
    }
    return report(error);
  }
  return exitStatus;
}

/** Reads the arguments themselves, so that errors of parsing are JSON too. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/** Without a command Commander shows the help and gives no message. */
function toUsageError({ code, message }: CommanderError): UsageError {
  return new UsageError(code === 'commander.help' ? 'A command is missing' : message.replace(/^error: /, ''));
}

const exitStatus = await main(process.argv);
// Standard input or a kept connection would keep the process alive. The output is flushed first.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit(exitStatus);

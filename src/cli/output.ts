import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { type CliError, UsageError } from './cli-error.js';
import { errorCode, getMessage } from './error-code.js';

/**
 * Where results go (standard output) and what is said beside them (standard error). Whoever reads a pipe may go before
 * its end, as `head` does: that is no fault, and ends the process quietly. A full disk is one.
 */
export class Output {
  constructor(
    readonly out: NodeJS.WriteStream,
    readonly err: NodeJS.WriteStream,
    /** Ends the process when its results have nowhere to go: nobody reads them any more, or they can't be written. */
    leave: (fault?: CliError) => void,
  ) {
    out.on('error', (error) => {
      if (errorCode(error) === 'EPIPE') leave();
      else leave(new UsageError(`The output can't be written: ${getMessage(error)}`));
    });
    // Nobody to tell: the work goes on.
    err.on('error', () => {});
  }

  /** A line of results. */
  print(line: string): void {
    this.out.write(`${line}\n`);
  }

  /** A line beside them. */
  say(line: string): void {
    this.err.write(`${line}\n`);
  }

  /** Results as they come, as fast as they are taken. */
  async pass(chunks: Readable | AsyncIterable<Uint8Array>): Promise<void> {
    await pipeline(chunks, this.out, { end: false });
  }
}

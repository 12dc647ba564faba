import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { type CliError, UsageError } from './cli-error.js';
import { errorCode, getMessage } from './error-code.js';

/**
 * Standard output for results and standard error for messages. If the reader of a pipe ends early, as `head`
 * does, the process ends without an error. A full disk is an error.
 */
export class Output {
  constructor(
    readonly out: NodeJS.WriteStream,
    readonly err: NodeJS.WriteStream,
    /**
     * Ends the process when its results cannot be written. Without a fault, the reader has closed the pipe.
     */
    leave: (fault?: CliError) => void,
  ) {
    out.on('error', (error) => {
      if (errorCode(error) === 'EPIPE') leave();
      else leave(new UsageError(`The output can't be written: ${getMessage(error)}`));
    });
    // Errors of standard error cannot be reported, so they are ignored.
    err.on('error', () => {});
  }

  /** Prints a line of results. */
  print(line: string): void {
    this.out.write(`${line}\n`);
  }

  /** Prints a message. */
  say(line: string): void {
    this.err.write(`${line}\n`);
  }

  /** Streams results with back-pressure. */
  async pass(chunks: Readable | AsyncIterable<Uint8Array>): Promise<void> {
    await pipeline(chunks, this.out, { end: false });
  }
}

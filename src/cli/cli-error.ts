import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './text.js';

/** One fault of an input, as in the API. */
export interface FaultView {
  readonly path: string;
  readonly message: string;
}

/** An error that ends a command: one sentence that says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitStatus: ExitStatus,
    message: string,
    /** A stable code for scripts; for an error of the API, its code. */
    readonly code: string,
    readonly details: readonly FaultView[] = [],
  ) {
    super(printable(message));
  }

  /** Text for people: one line, and one line for each fault if there are several. */
  lines(): string {
    const [first, ...others] = this.details;
    const listed = first !== undefined && others.length > 0 ? this.details : [];
    return [
      `shelfline: ${this.message}`,
      ...listed.map(({ path, message }) => `  ${printable(path)} ${printable(message)}`),
    ].join('\n');
  }

  /** JSON for scripts, as the API's error body. */
  json(): string {
    return JSON.stringify({ error: this.message, code: this.code, details: this.details });
  }
}

/** An option, argument or file is invalid. */
export class UsageError extends CliError {
  constructor(message: string) {
    super(EXIT.usage, message, 'usage');
  }
}

/** The server cannot be reached, or its answer broke off. A retry may help. */
export class UnavailableError extends CliError {
  constructor(
    message: string,
    code = 'unavailable',
    /** The server's `Retry-After`, in milliseconds. */
    readonly retryAfterMs?: number,
    /** Whether the request certainly had no effect, because the server did not receive it or refused it. */
    readonly isUntouched = false,
  ) {
    super(EXIT.unavailable, message, code);
  }
}

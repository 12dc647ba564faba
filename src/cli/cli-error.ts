import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './text.js';

/** One fault of an input, as the API tells it. */
export interface FaultView {
  readonly path: string;
  readonly message: string;
}

/** What a command ends with when it can't be done: one sentence, and what to mend. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitStatus: ExitStatus,
    message: string,
    /** A stable word for scripts: the API's own where the API has refused. */
    readonly code: string,
    readonly details: readonly FaultView[] = [],
  ) {
    super(printable(message));
  }

  /** For people: one line, and one more for each further fault. */
  lines(): string {
    const [first, ...others] = this.details;
    const listed = first !== undefined && others.length > 0 ? this.details : [];
    return [
      `shelfline: ${this.message}`,
      ...listed.map(({ path, message }) => `  ${printable(path)} ${printable(message)}`),
    ].join('\n');
  }

  /** For scripts: the error body of the API. */
  json(): string {
    return JSON.stringify({ error: this.message, code: this.code, details: this.details });
  }
}

/** What was given can't be used. */
export class UsageError extends CliError {
  constructor(message: string) {
    super(EXIT.usage, message, 'usage');
  }
}

/** The server can't be reached, or its answer broke off. Trying again may help. */
export class UnavailableError extends CliError {
  constructor(
    message: string,
    code = 'unavailable',
    /** When the server wants to be asked again, in milliseconds. */
    readonly retryAfterMs?: number,
    /** Whether nothing has come of the call for certain: the server has not heard it, or has sent it away. */
    readonly isUntouched = false,
  ) {
    super(EXIT.unavailable, message, code);
  }
}

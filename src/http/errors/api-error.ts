import { HttpException } from '@nestjs/common';

/** One fault of an input: its path, such as `visits[3].image_url[0]`, and what to correct. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The default `code` of an error by status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  409: 'conflict',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  421: 'unknown_host',
  422: 'unprocessable',
  429: 'too_many_requests',
  431: 'headers_too_large',
  500: 'internal',
  503: 'unavailable',
};

/** Returns the default code of a status. */
export function codeOfStatus(status: number): string {
  return CODES[status] ?? (status < 500 ? 'bad_request' : 'internal');
}

/**
 * A response of 4xx or 5xx. `message` is one sentence that says what to do, and `details` lists single faults. Every other error is converted to an
 * ApiError before it is sent. In a controller of a host platform, Nest sends it with the same status and body.
 */
export class ApiError extends HttpException {
  constructor(
    status: number,
    message: string,
    readonly code: string = codeOfStatus(status),
    readonly details: readonly Fault[] = [],
  ) {
    super({ message }, status);
  }

  override getResponse(): object {
    return this.body();
  }

  /** The JSON body of the response. */
  body(): object {
    // Some faults have further fields, which are not part of the body.
    const details = this.details.map(({ path, message }) => ({ path, message }));
    return { error: this.message, code: this.code, details };
  }
}

/** An error whose exact body is in the contract: only `error`. */
export class BareApiError extends ApiError {
  override body(): object {
    return { error: this.message };
  }
}

/** `400`: an input is invalid. The sentence names the first fault, and `details` lists all of them up to a limit. */
export class InvalidInputError extends ApiError {
  constructor(faults: readonly Fault[], code = 'invalid_input') {
    const [first] = faults;
    const others = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    super(
      400,
      first === undefined ? 'The input is not valid.' : `${first.path} ${first.message}${others}.`,
      code,
      faults,
    );
  }
}

/** `404`: the resource in the path does not exist. */
export class NotFoundError extends ApiError {
  constructor(message: string, code = 'not_found') {
    super(404, message, code);
  }
}

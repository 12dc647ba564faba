import { HttpException } from '@nestjs/common';

/** One fault of an input: where it stands (`visits[3].image_url[0]`) and what to mend. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** What the status of an answer is called in the `code` of its body, where nothing more precise is known. */
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

/** The stable machine code of a status that has no more precise one. */
export function codeOfStatus(status: number): string {
  return CODES[status] ?? (status < 500 ? 'bad_request' : 'internal');
}

/**
 * An answer of 4xx or 5xx. `message` is one sentence that a person can act on; `details` name single faults.
 * Every error is turned into it before it is answered. In a controller of a platform, Nest answers it with the same status and body.
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

  /** The JSON body of the answer. */
  body(): object {
    // Some faults know more of their place.
    const details = this.details.map(({ path, message }) => ({ path, message }));
    return { error: this.message, code: this.code, details };
  }
}

/** An answer for which the contract gives the exact body: `error` alone. */
export class BareApiError extends ApiError {
  override body(): object {
    return { error: this.message };
  }
}

/** `400`: an input breaks its rules. The sentence names the first fault, `details` all of them (up to a limit). */
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

/** `404`: the thing that the path names is not there. */
export class NotFoundError extends ApiError {
  constructor(message: string, code = 'not_found') {
    super(404, message, code);
  }
}

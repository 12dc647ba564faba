/** The address is not one to connect to. The message is the same for all of them: it must not tell what is inside. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'ERR_FORBIDDEN_ADDRESS';

  constructor() {
    super('the address is not allowed');
  }
}

/** The host name is not among those that are allowed. */
export class ForbiddenHostError extends Error {
  override readonly name = 'ForbiddenHostError';
  readonly code = 'ERR_FORBIDDEN_HOST';

  constructor() {
    super('the host is not among the allowed ones');
  }
}

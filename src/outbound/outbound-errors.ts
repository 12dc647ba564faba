/**
 * The address is not permitted. The message is the same for all addresses, so that it reveals nothing about the
 * network.
 */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'ERR_FORBIDDEN_ADDRESS';

  constructor() {
    super('the address is not allowed');
  }
}

/** The host name is not among the allowed ones. */
export class ForbiddenHostError extends Error {
  override readonly name = 'ForbiddenHostError';
  readonly code = 'ERR_FORBIDDEN_HOST';

  constructor() {
    super('the host is not among the allowed ones');
  }
}

/** The port is not among the allowed ones. */
export class ForbiddenPortError extends Error {
  override readonly name = 'ForbiddenPortError';
  readonly code = 'ERR_FORBIDDEN_PORT';

  constructor(port: number) {
    super(`port ${port} is not among the allowed ones (IMAGE_ALLOWED_PORTS)`);
  }
}

/** The look-up of a name returned no address. */
export class NoAddressError extends Error {
  override readonly name = 'NoAddressError';
  readonly code = 'ENODATA';

  constructor() {
    super('the host name has no address');
  }
}

/** The peer closed the connection before its address could be checked. */
export class PeerGoneError extends Error {
  override readonly name = 'PeerGoneError';
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection was closed at once');
  }
}

import { types } from 'node:util';
import {
  ForbiddenAddressError,
  ForbiddenHostError,
  ForbiddenPortError,
} from '../../outbound/outbound-errors.js';
import { FetchFault } from './fetch-fault.js';
import type { ImageErrorCode } from './image-outcome.js';

type Kind = readonly [code: ImageErrorCode, reason: string, retryable: boolean];

const BROKEN_OFF: Kind = ['connection', 'the host broke the connection off', true];
const UNREACHABLE: Kind = ['connection', 'the host could not be reached', true];
const TOO_MANY: Kind = ['internal', 'this service has too many connections open', true];
const NO_CONNECTION: Kind = ['timeout', 'the host took too long to accept a connection', true];
const BAD_HTTP: Kind = ['bad_response', 'the host did not answer in valid HTTP', false];
/** Retryable, because a failing resolver also reports that a name does not exist. */
const NOT_FOUND: Kind = ['dns', 'the host name was not found', true];
const BAD_NAME: Kind = ['dns', 'the host name is not one that can be looked up', false];
const LOOKUP_FAILED: Kind = ['dns', 'the host name could not be looked up', true];
const BAD_TLS: Kind = ['tls', 'the host speaks no TLS, or none that can be trusted', false];
const BAD_CERTIFICATE: Kind = ['tls', 'the host has no certificate that can be trusted', false];

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['ENOTFOUND', NOT_FOUND],
  ['ENODATA', NOT_FOUND],
  ['ECONNREFUSED', ['connection', 'the host refused the connection', true] satisfies Kind],
  ['ECONNRESET', BROKEN_OFF],
  ['ECONNABORTED', BROKEN_OFF],
  ['EPIPE', BROKEN_OFF],
  ['UND_ERR_SOCKET', BROKEN_OFF],
  ['UND_ERR_CLOSED', BROKEN_OFF],
  ['UND_ERR_DESTROYED', BROKEN_OFF],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', BROKEN_OFF],
  ['ETIMEDOUT', NO_CONNECTION],
  ['UND_ERR_CONNECT_TIMEOUT', NO_CONNECTION],
  ['EHOSTUNREACH', UNREACHABLE],
  ['EHOSTDOWN', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['ENETDOWN', UNREACHABLE],
  ['EADDRNOTAVAIL', UNREACHABLE],
  ['EACCES', UNREACHABLE],
  ['EPERM', UNREACHABLE],
  ['EMFILE', TOO_MANY],
  ['ENFILE', TOO_MANY],
  [
    'UND_ERR_HEADERS_OVERFLOW',
    ['bad_response', 'the headers of the answer are too large', false] satisfies Kind,
  ],
  ['EPROTO', BAD_TLS],
]);

const PATTERNS: readonly (readonly [RegExp, Kind])[] = [
  [/^EAI_/, LOOKUP_FAILED],
  [/^HPE_/, BAD_HTTP],
  [/^ERR_(?:SSL|TLS)_/, BAD_TLS],
  // The codes of OpenSSL's X509_verify_cert_error_string, as Node names them; `UNSPECIFIED` is any that has no name there.
  [/(?:^|_)(?:CERT|CERTIFICATE|CRL|ISSUER|CA)(?:_|$)|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/, BAD_CERTIFICATE],
  [/^(?:HOSTNAME_MISMATCH|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|UNSPECIFIED)$/, BAD_CERTIFICATE],
];

/** Converts an error of a connection to a fault; undefined for an error that no host caused. */
export function connectionFault(error: unknown): FetchFault | undefined {
  for (const cause of getCauses(error)) {
    if (cause instanceof FetchFault) return cause;
    if (cause instanceof ForbiddenAddressError) return new FetchFault('forbidden_address', cause.message);
    if (cause instanceof ForbiddenHostError || cause instanceof ForbiddenPortError)
      return new FetchFault('host_not_allowed', cause.message);
    const kind = findKind(getCode(cause), cause.message);
    if (kind !== undefined) return new FetchFault(kind[0], kind[1], { retryable: kind[2] });
  }
  return undefined;
}

/** Whether the connection broke. An idle connection may break at the moment it is used again. */
export function isBroken(error: unknown): boolean {
  return getCauses(error).some((cause) => findKind(getCode(cause), cause.message) === BROKEN_OFF);
}

/** Whether connecting timed out. */
export function isConnectTimeout(error: unknown): boolean {
  return getCauses(error).some((cause) => getCode(cause) === 'UND_ERR_CONNECT_TIMEOUT');
}

function findKind(code: string, message: string): Kind | undefined {
  // undici closes the connection when an answer is an upgrade or a `100 Continue` that was not requested.
  if (code === 'UND_ERR_SOCKET' && /^bad (?:response|upgrade)$/.test(message)) return BAD_HTTP;
  // The system's look-up rejects names of more than 255 characters.
  if (code === 'EINVAL' && message.startsWith('getaddrinfo')) return BAD_NAME;
  return KINDS.get(code) ?? PATTERNS.find(([pattern]) => pattern.test(code))?.[1];
}

function getCode(error: Error): string {
  // undici names the error of its parser, but gives only some of them a code.
  if (error.name === 'HTTPParserError') return 'HPE_INVALID';
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The error, its parts and its causes. */
function getCauses(error: unknown, depth = 0): readonly Error[] {
  if (!types.isNativeError(error) || depth > 5) return [];
  const parts: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return [
    error,
    ...parts.flatMap((part) => getCauses(part, depth + 1)),
    ...getCauses(error.cause, depth + 1),
  ];
}

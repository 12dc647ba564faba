import { describe, expect, it } from '@jest/globals';
import { errors } from 'undici';
import {
  ForbiddenAddressError,
  ForbiddenHostError,
  ForbiddenPortError,
  NoAddressError,
  PeerGoneError,
} from '../../outbound/outbound-errors.js';
import { connectionFault, isBroken, isConnectTimeout } from './connection-fault.js';
import { FetchFault } from './fetch-fault.js';

const coded = (code: string, message = 'as the system says'): Error =>
  Object.assign(new Error(message), { code });

/** `timeout, may pass`, or undefined if no host caused it. */
function toFault(error: unknown): string | undefined {
  const outcome = connectionFault(error)?.toOutcome(null);
  return outcome && `${outcome.code}${outcome.retryable ? ', may pass' : ''}`;
}

describe('the fault of a connection', () => {
  it.each([
    ['dns, may pass', ['ENOTFOUND', 'ENODATA', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']],
    [
      'connection, may pass',
      ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH'],
    ],
    ['connection, may pass', ['EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM']],
    ['connection, may pass', ['UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED']],
    ['timeout, may pass', ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']],
    ['internal, may pass', ['EMFILE', 'ENFILE']],
    ['bad_response', ['UND_ERR_HEADERS_OVERFLOW', 'HPE_INVALID_CONSTANT', 'HPE_INVALID_HEADER_TOKEN']],
    [
      'tls',
      [
        'EPROTO',
        'ERR_SSL_WRONG_VERSION_NUMBER',
        'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
        'ERR_TLS_CERT_ALTNAME_INVALID',
      ],
    ],
    ['tls', ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_REJECTED']],
    ['tls', ['CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNSPECIFIED']],
    ['tls', ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT']],
    ['tls', ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'INVALID_CA']],
    ['tls', ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'ERROR_IN_CERT_NOT_BEFORE_FIELD', 'UNABLE_TO_GET_CRL']],
    ['tls', ['CRL_HAS_EXPIRED', 'HOSTNAME_MISMATCH', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED']],
  ])('is %s where the code is one of %j', (fault, codes) => {
    expect(codes.map((code) => toFault(coded(code)))).toEqual(codes.map(() => fault));
  });

  it.each([
    [new ForbiddenAddressError(), 'forbidden_address'],
    [new ForbiddenHostError(), 'host_not_allowed'],
    [new ForbiddenPortError(6379), 'host_not_allowed'],
    [new NoAddressError(), 'dns, may pass'],
    [new PeerGoneError(), 'connection, may pass'],
    [new errors.SocketError('other side closed'), 'connection, may pass'],
    [new errors.SocketError('bad response'), 'bad_response'],
    [new errors.SocketError('bad upgrade'), 'bad_response'],
    [new errors.ConnectTimeoutError(), 'timeout, may pass'],
    [new errors.HTTPParserError('Expected HTTP/'), 'bad_response'],
    [new errors.ResponseContentLengthMismatchError(), 'connection, may pass'],
    [new FetchFault('too_large', 'too large'), 'too_large'],
  ])('of %s is %s', (error, fault) => {
    expect(toFault(error)).toBe(fault);
  });

  it('is found in the causes and in the parts of an error', () => {
    expect(
      toFault(new Error('failed', { cause: new TypeError('failed', { cause: coded('ECONNREFUSED') }) })),
    ).toBe('connection, may pass');
    const several = new AggregateError(
      [new Error('?'), coded('ETIMEDOUT'), coded('ECONNREFUSED')],
      'all failed',
    );
    expect(toFault(several)).toBe('timeout, may pass');
    expect(toFault(new AggregateError([new ForbiddenAddressError()]))).toBe('forbidden_address');
  });

  it.each([
    undefined,
    null,
    'ECONNRESET',
    { code: 'ECONNRESET' },
    new Error('?'),
    coded('ERR_ASSERTION'),
    new TypeError('x'),
  ])('is not found in %p', (error) => {
    expect(toFault(error)).toBeUndefined();
  });

  it('is found in bounded time', () => {
    const error = new Error('around');
    error.cause = error;
    expect(toFault(error)).toBeUndefined();
    const wide = new AggregateError([error, error, error]);
    expect(toFault(wide)).toBeUndefined();
  });

  it('contains no address', () => {
    const error = coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:5432');
    expect(connectionFault(error)?.message).toBe('the host refused the connection');
  });
});

describe('a connection', () => {
  it.each(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED'])(
    'is broken with %s',
    (code) => {
      expect(isBroken(coded(code))).toBe(true);
      expect(isBroken(new Error('failed', { cause: coded(code) }))).toBe(true);
    },
  );

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'HPE_INVALID_VERSION', 'CERT_HAS_EXPIRED', ''])(
    'is not broken with %j',
    (code) => {
      expect(isBroken(coded(code))).toBe(false);
    },
  );

  it('is not broken by an invalid answer', () => {
    expect(isBroken(new errors.SocketError('bad response'))).toBe(false);
  });

  it('timed out only with the error of undici', () => {
    expect(isConnectTimeout(new errors.ConnectTimeoutError())).toBe(true);
    expect(isConnectTimeout(new Error('failed', { cause: new errors.ConnectTimeoutError() }))).toBe(true);
    expect(isConnectTimeout(coded('ETIMEDOUT'))).toBe(false);
  });
});

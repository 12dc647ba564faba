import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  RequestTimeoutException,
} from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { ApiError, BareApiError, InvalidInputError, NotFoundError } from './api-error.js';
import { isDatabaseOutage } from '../../database/database-faults.js';
import { toApiError } from './error-answer.js';

/** `404 not_found: sentence` */
function answerTo(error: unknown): string {
  const answer = toApiError(error);
  return `${answer.getStatus()} ${answer.code}: ${answer.message}`;
}

const withCode = (code: string, message = 'as the driver says'): Error =>
  Object.assign(new Error(message), { code });
const queryFailed = (driverError: Error): Error =>
  new QueryFailedError('SELECT secret FROM store', [7], driverError);
const fromExpress = (status: number, message: string): Error => Object.assign(new Error(message), { status });

const INTERNAL = '500 internal: Something went wrong on our side. It has been logged.';
const UNAVAILABLE =
  '503 unavailable: The database cannot serve requests at the moment. Try again in a few seconds.';

describe('the body of an error', () => {
  it('contains the error, its code and its faults', () => {
    const faults = [
      { path: 'visits[3].image_url[0]', message: 'must be an absolute http: or https: URL' },
      { path: 'reference', message: 'must have 1 to 200 characters' },
    ];
    expect(new InvalidInputError(faults).body()).toEqual({
      error: 'visits[3].image_url[0] must be an absolute http: or https: URL (and 1 more).',
      code: 'invalid_input',
      details: faults,
    });
    expect(new InvalidInputError(faults.slice(1)).message).toBe('reference must have 1 to 200 characters.');
    expect(new NotFoundError('Job not found').body()).toEqual({
      error: 'Job not found',
      code: 'not_found',
      details: [],
    });
  });

  it('contains only the error if the contract defines the exact body', () => {
    expect(new BareApiError(400, 'Job not found').body()).toEqual({ error: 'Job not found' });
  });

  it.each([
    [400, 'bad_request'],
    [401, 'unauthorized'],
    [404, 'not_found'],
    [409, 'conflict'],
    [413, 'body_too_large'],
    [415, 'unsupported_media_type'],
    [422, 'unprocessable'],
    [429, 'too_many_requests'],
    [418, 'bad_request'],
    [500, 'internal'],
    [503, 'unavailable'],
    [507, 'internal'],
  ])('has for status %d the code %s by default', (status, code) => {
    expect(new ApiError(status, 'x').code).toBe(code);
  });
});

describe('an error', () => {
  it('that is meant for clients is sent unchanged', () => {
    const error = new ApiError(409, 'The job is ongoing.');
    expect(toApiError(error)).toBe(error);
  });

  it.each([
    [new BadRequestException('name is wrong'), '400 bad_request: name is wrong.'],
    [new ForbiddenException('Not yours!'), '403 forbidden: Not yours!'],
    [new NotFoundException('No such shelf.'), '404 not_found: No such shelf.'],
    [new RequestTimeoutException(), '408 request_timeout: Request Timeout.'],
    [new HttpException('a\n\n b', 418), '418 bad_request: a b.'],
    [new InternalServerErrorException('password=hunter2'), '500 internal: Something went wrong on our side.'],
    [
      new NotFoundException('Cannot GET /api/nothing?key=secret'),
      '404 not_found: There is nothing at this path with this method. See /docs for what there is.',
    ],
    [
      new BadRequestException("Failed to decode param '%zz'"),
      '400 bad_path: The path holds a broken percent-encoding.',
    ],
  ])('of Nest keeps its status, and its message unless that exposes ours: %s', (error, answer) => {
    expect(answerTo(error)).toBe(answer);
  });

  it.each([
    [
      fromExpress(400, "Failed to decode param '%zz'"),
      '400 bad_path: The path holds a broken percent-encoding.',
    ],
    [new URIError('URI malformed'), '400 bad_path: The path holds a broken percent-encoding.'],
    [
      fromExpress(403, 'ENOENT: /srv/app/node_modules'),
      '403 forbidden: The request can not be served as it stands.',
    ],
  ])(
    'of Express or the parser is described so that a client can correct the request: %s',
    (error, answer) => {
      expect(answerTo(error)).toBe(answer);
    },
  );

  it.each([
    [new TypeError("Cannot read properties of undefined (reading 'x') at /srv/app/dist/main.js")],
    [queryFailed(withCode('42P01', 'relation "store" does not exist'))],
    [fromExpress(500, 'stream encoding should not be set')],
    [Object.assign(new Error('odd'), { status: '400' })],
    ['a text'],
    [undefined],
    [null],
    [{ status: 400, message: 'not an error' }],
  ])('that was unexpected reveals no details: %p', (error) => {
    expect(answerTo(error)).toBe(INTERNAL);
  });

  it('has a message of limited length', () => {
    expect(toApiError(new BadRequestException('x'.repeat(10_000))).message).toHaveLength(201);
  });
});

describe('an outage of the database', () => {
  it.each([
    '08000',
    '08006',
    '08P01',
    '57P01',
    '57P02',
    '57P03',
    '57P05',
    '57014',
    '53300',
    '55P03',
    '40001',
    '40P01',
    '42501',
    '25P03',
    '25P04',
    '25006',
    '28P01',
    '28000',
    '3D000',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'ENOENT',
  ])('is one by the code %s', (code) => {
    expect(isDatabaseOutage(withCode(code))).toBe(true);
    expect(answerTo(queryFailed(withCode(code)))).toBe(UNAVAILABLE);
    expect(answerTo(new Error('failed', { cause: withCode(code) }))).toBe(UNAVAILABLE);
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Query runner already released. Cannot run queries anymore.',
  ])('is one by the message of the driver: %s', (message) => {
    expect(answerTo(queryFailed(new Error(message)))).toBe(UNAVAILABLE);
  });

  it.each(['23505', '42P01', '22003', '57P04', '5300', '080000', 'EACCES', ''])(
    'is not one by the code %j',
    (code) => {
      expect(isDatabaseOutage(queryFailed(withCode(code)))).toBe(false);
    },
  );

  it('is not searched in circular causes, nor in values that are not errors', () => {
    const error = new Error('around');
    error.cause = error;
    expect(isDatabaseOutage(error)).toBe(false);
    for (const value of [undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }]) {
      expect(isDatabaseOutage(value)).toBe(false);
    }
  });
});

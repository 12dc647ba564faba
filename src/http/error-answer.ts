import { HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { ApiError } from './api-error.js';

const logger = new Logger('Http');

/** SQLSTATE classes and codes that say "the database is not there just now": connection, shutdown, no resources. */
const UNAVAILABLE_SQLSTATE = /^(08...|57P0[123]|53...|25006)$/;
const UNAVAILABLE_ERRNO = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOENT',
]);
const UNAVAILABLE_MESSAGE =
  /connection terminated|^timeout expired$|timeout exceeded when trying to connect|client has encountered a connection error/i;

/**
 * Turns whatever was thrown into the error that the client is told. What is not meant for clients (an unknown error) becomes
 * a plain `500` or, where the database is out of reach, `503`: no stack, SQL, path or address leaves the process.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HttpException) return fromHttpException(error);
  const parsing = fromBodyParser(error);
  if (parsing !== undefined) return parsing;
  if (error instanceof URIError)
    return new ApiError(400, 'The path holds a broken percent-encoding.', 'bad_path');
  if (isDatabaseOutage(error)) {
    return new ApiError(
      503,
      'The database is not reachable at the moment. Try again in a few seconds.',
      'unavailable',
    );
  }
  return new ApiError(500, 'Something went wrong on our side. It has been logged.', 'internal');
}

/** Answers with the error body. Faults of ours are logged with all that is known of them; nothing is written twice. */
export function answerError(response: Response, error: unknown): void {
  const answer = toApiError(error);
  if (answer.status === 503) {
    logger.warn({ event: 'request_failed', status: answer.status, error: describe(error) });
  } else if (answer.status >= 500) {
    logger.error({ event: 'request_failed', status: answer.status, error: describe(error) }, stackOf(error));
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (answer.status === 503) response.setHeader('Retry-After', '5');
  response.status(answer.status).json(answer.body());
}

function fromHttpException(error: HttpException): ApiError {
  const status = error.getStatus();
  if (status === 404 && /^Cannot [A-Z]+ /.test(error.message)) {
    return new ApiError(
      404,
      'There is nothing at this path with this method. See /docs for what there is.',
      'not_found',
    );
  }
  if (status === 400 && error.message.startsWith('Failed to decode param')) {
    return new ApiError(400, 'The path holds a broken percent-encoding.', 'bad_path');
  }
  return new ApiError(status, status < 500 ? sentence(error.message) : 'Something went wrong on our side.');
}

/** Errors of Express and its parsers carry a 4xx status and, if they come from a body, a `type`. */
function fromBodyParser(error: unknown): ApiError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status < 400 || error.status >= 500) return undefined;
  const type = 'type' in error ? error.type : undefined;
  if (isDecompressionError(error)) {
    return new ApiError(
      400,
      'The body is not what its Content-Encoding says, or it is not complete.',
      'broken_encoding',
    );
  }
  switch (type) {
    case 'entity.parse.failed':
      return new ApiError(400, `The body is not valid JSON: ${sentence(error.message)}`, 'malformed_json');
    case 'entity.verify.failed':
      return new ApiError(400, sentence(error.message), 'malformed_json');
    case 'entity.too.large': {
      const limit = 'limit' in error ? ` of ${String(error.limit)} bytes` : '';
      return new ApiError(413, `The body is larger than the limit${limit}.`, 'body_too_large');
    }
    case 'charset.unsupported':
      return new ApiError(415, 'The body has to be UTF-8.', 'unsupported_charset');
    case 'encoding.unsupported':
      return new ApiError(
        415,
        'The content encoding is not known. Send the body plain, or as gzip, deflate or br.',
        'unsupported_encoding',
      );
    case 'request.size.invalid':
    case 'request.aborted':
      return new ApiError(400, 'The body ended before its Content-Length.', 'incomplete_body');
    default:
      if (error instanceof URIError || error.message.startsWith('Failed to decode param')) {
        return new ApiError(400, 'The path holds a broken percent-encoding.', 'bad_path');
      }
      return new ApiError(error.status, sentence(error.message));
  }
}

/** zlib's errors carry its codes: `Z_DATA_ERROR`, `ERR__ERROR_FORMAT_…` of brotli, `ZSTD_error_…`. */
function isDecompressionError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(Z_|ERR__|ZSTD_)/.test(error.code);
}

/** Whether the fault is that the database can't be reached, as against a fault of the query. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = 'driverError' in error ? error.driverError : error.cause;
  if (cause !== undefined && cause !== error && isDatabaseOutage(cause)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    UNAVAILABLE_ERRNO.has(code) || UNAVAILABLE_SQLSTATE.test(code) || UNAVAILABLE_MESSAGE.test(error.message)
  );
}

function sentence(message: string): string {
  const text = message.trim().replace(/\s+/g, ' ').slice(0, 200);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}

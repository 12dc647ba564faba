import { HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { isDatabaseOutage } from '../../database/database-faults.js';
import { ApiError } from './api-error.js';

const logger = new Logger('Http');

/**
 * Converts anything that was thrown into the error for the client. An unknown error becomes a `500` without details, or a `503` if the database is
 * unavailable, so that the client never gets a stack, SQL, a path or an address of the server.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HttpException) return fromHttpException(error);
  const known = fromExpress(error);
  if (known !== undefined) return known;
  if (isDatabaseOutage(error)) {
    return new ApiError(
      503,
      'The database cannot serve requests at the moment. Try again in a few seconds.',
      'unavailable',
    );
  }
  return new ApiError(500, 'Something went wrong on our side. It has been logged.', 'internal');
}

/** Sends the error body. Errors of the service are logged with all details. If the headers are already sent, no second body is. */
export function answerError(response: Response, error: unknown): void {
  const answer = toApiError(error);
  const status = answer.getStatus();
  if (status === 503) {
    logger.warn({ event: 'request_failed', status, error: describe(error) });
  } else if (status >= 500) {
    logger.error({ event: 'request_failed', status, error: describe(error) }, findStack(error));
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (status === 503 || answer.code === 'busy') response.setHeader('Retry-After', '5');
  response.status(status).json(answer.body());
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

/** Converts errors of Express, which have a 4xx status. Their messages may contain any input, so they are not sent. */
function fromExpress(error: unknown): ApiError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof URIError || error.message.startsWith('Failed to decode param')) {
    return new ApiError(400, 'The path holds a broken percent-encoding.', 'bad_path');
  }
  if (!('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status < 400 || error.status >= 500) return undefined;
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.parse.failed')
    return new ApiError(400, 'The body is not valid JSON.', 'malformed_json');
  if (type === 'entity.too.large') {
    const limit = 'limit' in error && typeof error.limit === 'number' ? ` of ${error.limit} bytes` : '';
    return new ApiError(413, `The body is larger than the limit${limit}.`, 'body_too_large');
  }
  return new ApiError(error.status, 'The request can not be served as it stands.');
}

function sentence(message: string): string {
  const text = message.trim().replace(/\s+/g, ' ').slice(0, 200);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function findStack(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}

import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { ApiError } from '../../http/api-error.js';
import { answerError } from '../../http/error-answer.js';
import { JsonBodyMiddleware } from '../../http/json-body.middleware.js';
import { hasBody } from '../../http/request-body.js';
import { readerFor } from './visit-lines.js';

/** Reads the body of a submission where it is JSON, and leaves one that streams to its reader. */
@Injectable()
export class SubmissionBodyMiddleware implements NestMiddleware {
  constructor(private readonly json: JsonBodyMiddleware) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    if (readerFor(request) !== undefined) return next();
    if (!hasBody(request) || request.body !== undefined || request.is('application/json'))
      return this.json.use(request, response, next);
    answerError(
      response,
      new ApiError(415, 'Send the job as application/json, application/x-ndjson or text/csv.'),
    );
  }
}

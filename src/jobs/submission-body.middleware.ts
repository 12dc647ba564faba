import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { ApiError } from '../http/api-error.js';
import { answerError } from '../http/error-answer.js';
import { JsonBodyMiddleware } from '../http/json-body.middleware.js';
import { hasBody } from '../http/request-body.js';
import { DocumentParser } from './document/document-parser.js';
import { LargeDocument } from './document/large-document.js';
import { readerFor } from './streaming/visit-lines.js';

/** Reads the body of a submission where it is JSON, and leaves one that streams to its reader. */
@Injectable()
export class SubmissionBodyMiddleware implements NestMiddleware {
  constructor(
    private readonly json: JsonBodyMiddleware,
    private readonly documents: DocumentParser,
  ) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    if (request.body !== undefined || readerFor(request) !== undefined) return next();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      if (hasBody(request) && !request.is('application/json'))
        throw new ApiError(415, 'Send the job as application/json, application/x-ndjson or text/csv.');
      const document = await this.documents.parse(await this.json.read(request, response), gone.signal);
      if (document instanceof LargeDocument) {
        // Before the thread said what it has, the sender may have gone.
        if (gone.signal.aborted) return await document.close();
        response.once('close', () => void document.closeUnlessTaken());
      }
      request.body = document;
    } catch (error) {
      if (gone.signal.aborted) return;
      return answerError(response, error);
    }
    next();
  }
}

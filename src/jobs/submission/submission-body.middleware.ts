import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { getFairnessKey } from '../../http/caller.js';
import { answerError } from '../../http/errors/error-answer.js';
import { HTTP_OPTIONS, type HttpOptions } from '../../http/http.options.js';
import { JsonBodies } from '../../http/bodies/json-body.middleware.js';
import { hasBody, findReadBody } from '../../http/bodies/request-body.js';
import { hasScope } from '../../http/routes/required-scope.js';
import { unsupportedType } from '../../http/errors/unsupported-type.js';
import { DocumentParser, LargeDocument } from './document/document-parser.js';
import { toDryRunError } from './dry-run.js';
import { asksForDryRun } from './job-fields.js';
import { findStreamReader, isForm } from './readers/stream-reader.js';
import { SUBMISSION } from './submission-route.js';

/** The kinds of bodies that a submission may have, and their content types. */
const BODY_TYPES = {
  JSON: 'application/json',
  NDJSON: 'application/x-ndjson',
  CSV: 'text/csv',
  'a form': 'multipart/form-data',
};

/** Parses JSON bodies of submissions. NDJSON and CSV are left to their readers. */
@Injectable()
export class SubmissionBodyMiddleware implements NestMiddleware {
  constructor(
    private readonly bodies: JsonBodies,
    private readonly documents: DocumentParser,
    @Inject(HTTP_OPTIONS) private readonly options: HttpOptions,
  ) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    // The route refuses a request without the scope, so its body is not read.
    const isRefused = !hasScope(request, SUBMISSION.scope);
    const isParsed = request.body !== undefined && findReadBody(request) === undefined;
    if (isRefused || isParsed || findStreamReader(request) !== undefined || isForm(request)) return next();
    const aborted = new AbortController();
    response.once('close', () => aborted.abort());
    try {
      if (hasBody(request) && !request.is('application/json')) throw unsupportedType(request, BODY_TYPES);
      const { body, holding } = await this.bodies.read(request, response, this.options.maxBodyBytes);
      const document = await this.documents.parse(body, {
        caller: getFairnessKey(request),
        signal: aborted.signal,
        evicted: holding.evicted,
        onStart: () => holding.keep(),
      });
      if (document instanceof LargeDocument) {
        // The client may have disconnected while the thread parsed.
        if (aborted.signal.aborted) return await document.close();
        response.once('close', () => void document.closeUnlessRead());
      }
      request.body = document;
    } catch (error) {
      if (aborted.signal.aborted) return;
      return answerError(response, asksForDryRun(request) ? toDryRunError(error) : error);
    }
    next();
  }
}

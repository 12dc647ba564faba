import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { answerError } from '../errors/error-answer.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http.options.js';
import { dropBody, hasBody } from './request-body.js';

/** Discards the body of a request to a route that does not use one: `413` above the limit. */
@Injectable()
export class SmallBodyMiddleware implements NestMiddleware {
  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    const { bodyPace, maxSmallBodyBytes } = this.options;
    try {
      // The host platform has already limited a body that it parsed.
      if (request.body === undefined && hasBody(request))
        await dropBody(request, bodyPace, maxSmallBodyBytes);
    } catch (error) {
      return answerError(response, error);
    }
    next();
  }
}

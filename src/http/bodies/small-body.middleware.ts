import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { answerError } from '../errors/error-answer.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http.options.js';
import { dropBody, hasBody } from './request-body.js';

/** Takes in the body of a request to a route that has no use for one: `413` above the limit. */
@Injectable()
export class SmallBodyMiddleware implements NestMiddleware {
  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    const { bodyPace, maxSmallBodyBytes } = this.options;
    try {
      // One that the platform has parsed was bounded by its own limit.
      if (request.body === undefined && hasBody(request))
        await dropBody(request, bodyPace, maxSmallBodyBytes);
    } catch (error) {
      return answerError(response, error);
    }
    next();
  }
}

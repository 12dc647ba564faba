import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { BoundedAnswers } from './bounded-answers.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http.options.js';

/** Limits unread responses of our own routes: see {@link BoundedAnswers}. */
@Injectable()
export class AnswersMiddleware implements NestMiddleware {
  private readonly answers: BoundedAnswers;

  constructor(@Inject(HTTP_OPTIONS) options: HttpOptions) {
    this.answers = new BoundedAnswers(options);
  }

  use(request: Request, response: Response, next: NextFunction): void {
    this.answers.handle(request, response, next);
  }
}

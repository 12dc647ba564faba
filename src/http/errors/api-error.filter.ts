import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { answerError } from './error-answer.js';

/** Sends each error of its controllers with the error body of the contract. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    answerError(host.switchToHttp().getResponse<Response>(), error);
  }
}

import type { NextFunction, Request, Response } from 'express';
import { answerError } from './error-answer.js';

/** Express knows a middleware for errors by its four parameters. */
export type ErrorMiddleware = (
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
) => void;

/**
 * Answers by the contract where a platform's own middleware refuses a request to our routes before Nest has it: its parser of
 * bodies, above all. The platform may have a prefix that nobody tells, so only the end of the path is compared.
 *
 * @param path of the mount
 */
export function answerPlatformErrors(path: string): ErrorMiddleware {
  const ours = new RegExp(
    `(?:^|/)${path.replaceAll(/[^\w/]/g, String.raw`\$&`)}/(?:jobs|submit|status|visits|stores)(?:/|$)`,
    'i',
  );
  return (error, request, response, next) => {
    if (ours.test(request.path)) answerError(response, error);
    else next(error);
  };
}

import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { Application, Request, Response } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { answerError } from '../../http/errors/error-answer.js';
import { getExpressRoutes, toPathPattern } from '../../http/routes/express-routes.js';

/** The maximum number of characters of a path in an error. */
const MAX_PATH = 200;
/** The methods of routes, in their order in errors. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers every error of the application with the error body of the contract. If the path has routes but not for the method, the answer is `405` with
 * `Allow`.
 */
@Catch()
export class UnsupportedMethodFilter implements ExceptionFilter {
  private routes: readonly { readonly method: string; readonly path: RegExp }[] | undefined;

  constructor(private readonly app: Application) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { method, path } = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    // Nest throws this error for a request without a route.
    const isUnrouted = error instanceof NotFoundException;
    const methods = isUnrouted ? this.findMethods(path) : [];
    if (methods.length === 0) return answerError(response, error);
    response.setHeader('Allow', toAllowed(methods).join(', '));
    answerError(
      response,
      new ApiError(
        405,
        `${method} is not supported on ${path.slice(0, MAX_PATH)}; use ${toChoice(methods)}.`,
      ),
    );
  }

  /** Returns the methods of the routes of a path. Routes are registered before the first request. */
  private findMethods(path: string): readonly string[] {
    this.routes ??= getExpressRoutes(this.app).map((route) => ({
      method: route.method,
      path: toPathPattern(route.path),
    }));
    const methods = new Set(this.routes.filter((route) => route.path.test(path)).map(({ method }) => method));
    return METHODS.filter((method) => methods.has(method));
  }
}

/** Adds HEAD to GET, because Express answers it too. */
function toAllowed(methods: readonly string[]): string[] {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function toChoice(methods: readonly string[]): string {
  const last = methods.at(-1) ?? '';
  return methods.length < 2 ? last : `${methods.slice(0, -1).join(', ')} or ${last}`;
}

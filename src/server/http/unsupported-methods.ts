import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { Application, Request, Response } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { answerError } from '../../http/errors/error-answer.js';

/** The maximum number of characters of a path in an error. */
const MAX_PATH = 200;
/** The methods of routes, in their order in errors. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** A path of fixed segments and of parameters. */
const PLAIN_PATH = /^(?:\/|(?:\/:?[\w.-]+)+\/?)$/;

/**
 * Answers every error of the application with the error body of the contract. If the path has routes but not for the method, the answer is `405` with
 * `Allow`.
 */
@Catch()
export class UnsupportedMethodFilter implements ExceptionFilter {
  private routes: readonly RoutePath[] | undefined;

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
    this.routes ??= getRoutes(this.app);
    const methods = new Set(
      this.routes.filter(({ matches }) => matches.test(path)).map(({ method }) => method),
    );
    return METHODS.filter((method) => methods.has(method));
  }
}

interface RoutePath {
  readonly method: string;
  readonly matches: RegExp;
}

/** Returns the routes of Express. They match paths in any case, with or without a slash at the end. */
function getRoutes({ router }: Application): RoutePath[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined || typeof route.path !== 'string' || !PLAIN_PATH.test(route.path)) return [];
    const pattern = route.path
      .replace(/\/$/, '')
      .replaceAll('.', String.raw`\.`)
      .replaceAll(/:[\w-]+/g, '[^/]+');
    const matches = new RegExp(`^${pattern}/?$`, 'i');
    return route.stack.map(({ method }) => ({ method: method.toUpperCase(), matches }));
  });
}

/** Adds HEAD to GET, because Express answers it too. */
function toAllowed(methods: readonly string[]): string[] {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function toChoice(methods: readonly string[]): string {
  const last = methods.at(-1) ?? '';
  return methods.length < 2 ? last : `${methods.slice(0, -1).join(', ')} or ${last}`;
}

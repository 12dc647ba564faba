import { type HttpServer, RequestMethod } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { getExpressRoutes, toPathPattern } from '../routes/express-routes.js';
import type { DeclaredRoute } from '../routes/route.decorator.js';
import { answerError } from './error-answer.js';

/** Express recognizes a middleware for errors by its four parameters. */
export type ErrorMiddleware = (
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
) => void;

/**
 * Sends the error body of the contract if a middleware of the host platform, such as its body parser, refuses a request to one of our routes before Nest
 * handles it. Errors of all other requests are left to the platform.
 *
 * @param getRoutes called at the first error, when all routes are registered
 */
export function answerPlatformErrors(
  adapter: HttpServer,
  getRoutes: () => readonly DeclaredRoute[],
): ErrorMiddleware {
  let patterns: readonly { readonly method: string; readonly path: RegExp }[] | undefined;
  return (error, request, response, next) => {
    patterns ??= toPatterns(findPrefix(adapter, getRoutes()), getRoutes());
    const isOurs = patterns.some(({ method, path }) => method === request.method && path.test(request.path));
    if (isOurs) answerError(response, error);
    else next(error);
  };
}

function toPatterns(
  prefix: string,
  routes: readonly DeclaredRoute[],
): readonly { readonly method: string; readonly path: RegExp }[] {
  return routes.map(({ method, path }) => ({
    method: RequestMethod[method],
    path: toPathPattern(`${prefix}/${path}`),
  }));
}

/**
 * Finds the prefix of the application: the text before the longest of our paths in a route of Express. Nest does not give the prefix to modules.
 */
function findPrefix(adapter: HttpServer, routes: readonly DeclaredRoute[]): string {
  const { path: longest = '' } =
    routes.toSorted((one, other) => other.path.length - one.path.length)[0] ?? {};
  const ending = `/${longest}`;
  const registered = getExpressRoutes(adapter.getInstance()).find(({ path }) => path.endsWith(ending));
  return registered?.path.slice(0, -ending.length) ?? '';
}

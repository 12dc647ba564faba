import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Metrics } from './metrics.js';

/** Methods that are told apart: a client may send any word for one. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures each request by the pattern of the route that answered it. What reached none is one and the same. */
export function measureRequests(metrics: Metrics): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    response.once('close', () => {
      const method = METHODS.has(request.method) ? request.method : 'other';
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      const seconds = (performance.now() - began) / 1000;
      metrics.requestAnswered({ method, route: getRoutePattern(request), status }, seconds);
    });
    next();
  };
}

function getRoutePattern(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'unmatched';
  // Middleware for every path, the log's, is a route as well: whoever got no further met none.
  return typeof route.path === 'string' && !route.path.includes('*') ? route.path : 'unmatched';
}

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Metrics } from './metrics.js';

/** The methods that are used as labels. A client may send any other word. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures each request by the pattern of its route. All requests without a route have the same label. */
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
  // Middleware for every path, such as that of the log, is a route of Express too.
  return typeof route.path === 'string' && !route.path.includes('*') ? route.path : 'unmatched';
}

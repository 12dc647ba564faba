import { type ArgumentsHost, Catch, NotFoundException } from '@nestjs/common';
import type { Application, Request, Response } from 'express';
import { ApiError } from '../../http/api-error.js';
import { ApiErrorFilter } from '../../http/api-error.filter.js';

/** Most characters of a path in an error. */
const MAX_PATH = 200;
/** A path of fixed segments and of parameters. */
const PLAIN_PATH = /^(?:\/|(?:\/:?[\w.-]+)+\/?)$/;

/**
 * The filter of the whole application. Beside the errors of {@link ApiErrorFilter}, it answers `405` with `Allow` where a request
 * reached no route because of its method alone.
 */
@Catch()
export class UnsupportedMethodFilter extends ApiErrorFilter {
  private routes: readonly RoutePath[] | undefined;

  constructor(private readonly app: Application) {
    super();
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { method, path } = http.getRequest<Request>();
    // Nest reports a request that no route takes by this error.
    const methods = error instanceof NotFoundException ? this.findMethods(path) : [];
    if (methods.length === 0) return super.catch(error, host);
    http.getResponse<Response>().setHeader('Allow', toAllowed(methods).join(', '));
    super.catch(
      new ApiError(
        405,
        `${method} is not supported on ${path.slice(0, MAX_PATH)}; use ${toChoice(methods)}.`,
      ),
      host,
    );
  }

  /** The methods that the routes of a path take, each once. Routes are registered before the first request. */
  private findMethods(path: string): readonly string[] {
    this.routes ??= getRoutes(this.app);
    const methods = this.routes.filter(({ matches }) => matches.test(path)).map(({ method }) => method);
    return [...new Set(methods)];
  }
}

interface RoutePath {
  readonly method: string;
  readonly matches: RegExp;
}

/** Each route of Express, as it matches paths: in any case, and with or without a slash at the end. */
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

/** Whatever a GET answers, a HEAD does. */
function toAllowed(methods: readonly string[]): string[] {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function toChoice(methods: readonly string[]): string {
  const last = methods.at(-1) ?? '';
  return methods.length < 2 ? last : `${methods.slice(0, -1).join(', ')} or ${last}`;
}

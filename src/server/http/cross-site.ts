import type { Request, RequestHandler } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { answerError } from '../../http/errors/error-answer.js';

/** The settings with the origins that may send writing requests. */
export interface WritingOrigins {
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string | undefined;
}

/** The safe methods (RFC 9110 §9.2.1). */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Answers writing requests from pages of other sites with `403`, because a form can send them without CORS. A browser sends the origin of a request
 * in `Sec-Fetch-Site` or `Origin`. A client that sends neither is not a browser and is allowed. The origin has to be that of `publicUrl`, one of
 * `corsOrigins`, or the host of the request, which a trusted proxy may send in `X-Forwarded-Host`.
 */
export function refuseCrossSite({ corsOrigins, publicUrl }: WritingOrigins): RequestHandler {
  const allowed = new Set(corsOrigins);
  if (publicUrl !== undefined) allowed.add(new URL(publicUrl).origin);
  return (request, response, next) => {
    if (READING.has(request.method) || isFromHere(request)) return next();
    const { origin } = request.headers;
    if (origin !== undefined && (allowed.has(origin) || isOwnHost(request, origin))) return next();
    answerError(
      response,
      new ApiError(
        403,
        'A page of another site may not change anything here. Add its origin to CORS_ORIGINS, or set PUBLIC_URL where it is this server.',
        'cross_site',
      ),
    );
  };
}

/** Whether the request is from the same origin or not from a browser. */
function isFromHere({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === undefined : site === 'same-origin' || site === 'none';
}

/** Whether an origin is the host of the request. Both omit the default port. The scheme is not compared, because a proxy may terminate TLS. */
function isOwnHost(request: Request, origin: string): boolean {
  const host = URL.parse(origin)?.host ?? '';
  return host !== '' && [request.headers.host, request.host].some((own) => own?.toLowerCase() === host);
}

import type { Request, RequestHandler } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { answerError } from '../../http/errors/error-answer.js';

/** Which origins may write. */
export interface WritingOrigins {
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string | undefined;
}

/** RFC 9110 §9.2.1: these change nothing. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Answers writing requests that a page of another site has a browser send with `403`: a form needs no permission for that. A
 * browser says where a request comes from in `Sec-Fetch-Site` or `Origin`; what sends neither is no browser. Otherwise the origin
 * has to be that of `publicUrl`, one of `corsOrigins`, or the request's own host, which a trusted proxy may say in
 * `X-Forwarded-Host`.
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

/** The browser says so, or it is none. */
function isFromHere({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === undefined : site === 'same-origin' || site === 'none';
}

/** Both leave out the default port of their scheme. Whether a proxy in front speaks TLS is not known here. */
function isOwnHost(request: Request, origin: string): boolean {
  const host = URL.parse(origin)?.host ?? '';
  return host !== '' && [request.headers.host, request.host].some((own) => own?.toLowerCase() === host);
}

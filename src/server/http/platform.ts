import type { IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { ApiError } from '../../http/errors/api-error.js';
import { API_PATH } from '../../http/routes/api-controller.decorator.js';
import { answerError } from '../../http/errors/error-answer.js';
import { METRICS_PATH } from '../metrics/metrics.controller.js';
import { type AnswerLimits, BoundedAnswers } from '../../http/answers/bounded-answers.js';
import { bodyTooLarge } from '../../http/bodies/request-body.js';
import { answerClientErrors } from './client-errors.js';
import { refuseCrossSite } from './cross-site.js';
import { refuseUnknownHosts } from './known-hosts.js';
import type { ApiKey } from './api-key-setting.js';
import { recogniseCaller, refuseStrangers } from './api-keys.js';
import { allowOrigins } from './cors.js';
import { endUnreadBodies } from './unread-bodies.js';
import { limitRate } from './rate-limit.js';
import { trustedProxies } from './trusted-proxies.js';
import { UnsupportedMethodFilter } from './unsupported-methods.js';

/** Time for the headers of a request to arrive, in milliseconds. The readers of bodies have their own time limits. */
const HEADERS_TIMEOUT_MS = 10_000;

const CONNECTIONS_CHECKED_EVERY_MS = 2_000;

/** The paths that need a key, if there are keys, and whose requests are limited. */
export const GUARDED_PATHS = [API_PATH, METRICS_PATH] as const;

/** Public pages with the same rate limit as the API. */
const DOCS_PATHS = ['/docs', '/openapi.json'] as const;

/** The callers that are allowed, and their rate limit. */
export interface PlatformOptions {
  /** The accepted keys. Without keys, anybody may call. */
  readonly apiKeys: readonly ApiKey[];
  /** The maximum number of requests of one client to the API per minute. 0 is unlimited. */
  readonly rateLimitPerMinute: number;
  /** The origins of web pages that may call the API. */
  readonly corsOrigins: readonly string[];
  /** The host names of the server, in addition to that of `publicUrl`. */
  readonly allowedHosts: readonly string[];
  /** The URL at which people reach the server. */
  readonly publicUrl: string | undefined;
  readonly maxSmallBodyBytes: number;
  /** The CIDR blocks of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustProxy: readonly string[];
}

/** Limits unread responses of all routes. It has to come before all middleware that holds resources of a request. */
export function boundAnswers(app: NestExpressApplication, limits: AnswerLimits): void {
  const answers = new BoundedAnswers(limits);
  app.use((request: Request, response: Response, next: NextFunction) =>
    answers.handle(request, response, next),
  );
}

/** Sets up the global middleware of the standalone service: headers, keys and the error body. A host platform has its own. */
export function setUpPlatform(app: NestExpressApplication, options: PlatformOptions): void {
  app.disable('x-powered-by');
  app.set('trust proxy', trustedProxies(options.trustProxy));
  // The page at /docs may be served over plain HTTP, so its links must not be upgraded to https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(requireHost);
  const needsKey = options.apiKeys.length > 0;
  if (!needsKey) app.use(refuseUnknownHosts(options));
  if (options.corsOrigins.length > 0) allowOrigins(app, options.corsOrigins);
  app.use(refuseCrossSite(options));
  const guarded = GUARDED_PATHS.map((path) => `/${path}`);
  if (needsKey) app.use(guarded, keepNoCopies, recogniseCaller(options.apiKeys));
  if (options.rateLimitPerMinute > 0) {
    // Before requests without a valid key are refused, so that guessing keys is limited too.
    app.use(guarded, limitRate(options.rateLimitPerMinute));
    app.use([...DOCS_PATHS], limitRate(options.rateLimitPerMinute));
  }
  if (needsKey) app.use(guarded, refuseStrangers);
  app.use(refuseLargeBodies(options.maxSmallBodyBytes));
  app.useGlobalFilters(new UnsupportedMethodFilter(app.getHttpAdapter().getInstance()));
  const server = app.getHttpServer();
  // By default Node answers a request without `Host` by itself and without a body, and checks for timeouts only twice a minute.
  Object.assign(server, {
    requireHostHeader: false,
    connectionsCheckingInterval: CONNECTIONS_CHECKED_EVERY_MS,
  });
  server.prependListener('request', acceptAbsoluteForm);
  // RFC 9110 §10.1.1: an expectation other than 100-continue may be ignored. Node would refuse it without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.requestTimeout = 0;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  answerClientErrors(server);
  endUnreadBodies(server);
}

/** Refuses an HTTP/1.1 request without `Host`, and any request with several (RFC 9112 §3.2). */
function requireHost(request: Request, response: Response, next: NextFunction): void {
  const hosts = request.headersDistinct['host']?.length ?? 0;
  if (hosts > 1)
    return answerError(response, new ApiError(400, 'The request has more than one Host header.'));
  if (hosts === 0 && request.httpVersion === '1.1') {
    return answerError(response, new ApiError(400, 'The request has no Host header.'));
  }
  next();
}

/** Browsers and proxies must not store responses that need a key. */
function keepNoCopies(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

/** Limits bodies of routes outside of the API, which do not use them. The routes of the API have their own limits. */
function refuseLargeBodies(maxBytes: number): RequestHandler {
  return (request, response, next) => {
    const isOfApi = /^\/api(\/|$)/i.test(request.path);
    if (isOfApi || Number(request.headers['content-length'] ?? 0) <= maxBytes) return next();
    answerError(response, bodyTooLarge(maxBytes));
  };
}

/**
 * Converts `GET http://host/path` to `GET /path` (RFC 9112 §3.2.2). Express would answer a URL that it cannot parse with HTML. Replaced by `*`, it is
 * answered with the error body.
 */
function acceptAbsoluteForm(request: IncomingMessage): void {
  if (request.url === undefined || request.url.startsWith('/')) return;
  const target = URL.parse(request.url);
  // The host in the URL replaces that in the header.
  if (target !== null && target.host !== '' && request.headers.host !== undefined)
    request.headers.host = target.host;
  request.url = target === null ? '*' : `${target.pathname}${target.search}`;
}

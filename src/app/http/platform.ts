import type { IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { ApiError } from '../../http/api-error.js';
import { ApiErrorFilter } from '../../http/api-error.filter.js';
import { API_PATH } from '../../http/api-controller.decorator.js';
import { answerError } from '../../http/error-answer.js';
import { METRICS_PATH } from '../metrics/metrics.controller.js';
import { answerClientErrors } from './client-errors.js';
import { recogniseCaller, refuseStrangers } from './api-keys.js';
import { allowOrigins } from './cors.js';
import { endUnreadBodies } from './unread-bodies.js';
import { limitRate } from './rate-limit.js';
import { trustedProxies } from './trusted-proxies.js';

/** Time for the headers of a request to arrive, in milliseconds. Bodies are timed by whoever reads them. */
const HEADERS_TIMEOUT_MS = 10_000;

/** Where keys are asked for, where there are any, and requests are limited. */
export const GUARDED_PATHS = [API_PATH, METRICS_PATH] as const;

/** Who may call, and how often. */
export interface PlatformOptions {
  /** Keys that let callers in; none: anybody. */
  readonly apiKeys: readonly string[];
  /** Requests to the API of one client; 0: as many as it likes. */
  readonly rateLimitPerMinute: number;
  /** Origins of pages that may call. */
  readonly corsOrigins: readonly string[];
  /** CIDR blocks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy: readonly string[];
}

/** What is global in a server of our own, and a host platform's business otherwise: headers, keys, the error body. */
export function setUpPlatform(app: NestExpressApplication, options: PlatformOptions): void {
  app.disable('x-powered-by');
  app.set('trust proxy', trustedProxies(options.trustProxy));
  // The page at /docs is served over plain HTTP too: nothing may turn its links into https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(requireHost);
  if (options.corsOrigins.length > 0) allowOrigins(app, options.corsOrigins);
  const needsKey = options.apiKeys.length > 0;
  const guarded = GUARDED_PATHS.map((path) => `/${path}`);
  if (needsKey) app.use(guarded, recogniseCaller(options.apiKeys));
  // Before strangers are refused: guessing keys is limited too.
  if (options.rateLimitPerMinute > 0) app.use(guarded, limitRate(options.rateLimitPerMinute));
  if (needsKey) app.use(guarded, refuseStrangers);
  app.useGlobalFilters(new ApiErrorFilter());
  const server = app.getHttpServer();
  // Node would answer such a request by itself, without a body.
  Object.assign(server, { requireHostHeader: false });
  server.prependListener('request', takeAbsoluteForm);
  // RFC 9110 §10.1.1: what else than 100-continue is expected may be ignored. Node would refuse it without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.requestTimeout = 0;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  answerClientErrors(server);
  endUnreadBodies(server);
}

/** RFC 9112 §3.2: an HTTP/1.1 request without `Host` is a bad one. */
function requireHost(request: Request, response: Response, next: NextFunction): void {
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    return answerError(response, new ApiError(400, 'The request has no Host header.'));
  }
  next();
}

/**
 * RFC 9112 §3.2.2: a server takes `GET http://host/path` as it takes `GET /path`. Express answers one whose URL it can't
 * take apart by itself, in HTML; as `*` it reaches the error body.
 */
function takeAbsoluteForm(request: IncomingMessage): void {
  if (request.url === undefined || request.url.startsWith('/')) return;
  const target = URL.parse(request.url);
  request.url = target === null ? '*' : `${target.pathname}${target.search}`;
}

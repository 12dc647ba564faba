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

/** Time for the headers of a request to arrive, in milliseconds. Bodies are timed by whoever reads them. */
const HEADERS_TIMEOUT_MS = 10_000;

const CONNECTIONS_CHECKED_EVERY_MS = 2_000;

/** Where keys are asked for, where there are any, and requests are limited. */
export const GUARDED_PATHS = [API_PATH, METRICS_PATH] as const;

/** Pages that anybody may see, as often as the API may be called. */
const DOCS_PATHS = ['/docs', '/openapi.json'] as const;

/** Who may call, and how often. */
export interface PlatformOptions {
  /** Keys that let callers in; none: anybody. */
  readonly apiKeys: readonly ApiKey[];
  /** Requests to the API of one client; 0: as many as it likes. */
  readonly rateLimitPerMinute: number;
  /** Origins of pages that may call. */
  readonly corsOrigins: readonly string[];
  /** Names that the server is reached by, beside that of `publicUrl`. */
  readonly allowedHosts: readonly string[];
  /** Where people reach the server. */
  readonly publicUrl: string | undefined;
  readonly maxSmallBodyBytes: number;
  /** CIDR blocks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy: readonly string[];
}

/** Bounds what the answers of any route hold that nobody reads. Has to come before everything that keeps something for a request. */
export function boundAnswers(app: NestExpressApplication, limits: AnswerLimits): void {
  const answers = new BoundedAnswers(limits);
  app.use((request: Request, response: Response, next: NextFunction) =>
    answers.handle(request, response, next),
  );
}

/** What is global in a server of our own, and a host platform's business otherwise: headers, keys, the error body. */
export function setUpPlatform(app: NestExpressApplication, options: PlatformOptions): void {
  app.disable('x-powered-by');
  app.set('trust proxy', trustedProxies(options.trustProxy));
  // The page at /docs is served over plain HTTP too: nothing may turn its links into https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(requireHost);
  const needsKey = options.apiKeys.length > 0;
  if (!needsKey) app.use(refuseUnknownHosts(options));
  if (options.corsOrigins.length > 0) allowOrigins(app, options.corsOrigins);
  app.use(refuseCrossSite(options));
  const guarded = GUARDED_PATHS.map((path) => `/${path}`);
  if (needsKey) app.use(guarded, keepNoCopies, recogniseCaller(options.apiKeys));
  if (options.rateLimitPerMinute > 0) {
    // Before strangers are refused: guessing keys is limited too.
    app.use(guarded, limitRate(options.rateLimitPerMinute));
    app.use([...DOCS_PATHS], limitRate(options.rateLimitPerMinute));
  }
  if (needsKey) app.use(guarded, refuseStrangers);
  app.use(refuseLargeBodies(options.maxSmallBodyBytes));
  app.useGlobalFilters(new UnsupportedMethodFilter(app.getHttpAdapter().getInstance()));
  const server = app.getHttpServer();
  // Node would answer a request without `Host` by itself, without a body; and it would look only twice a minute for connections
  // that are out of time.
  Object.assign(server, {
    requireHostHeader: false,
    connectionsCheckingInterval: CONNECTIONS_CHECKED_EVERY_MS,
  });
  server.prependListener('request', takeAbsoluteForm);
  // RFC 9110 §10.1.1: what else than 100-continue is expected may be ignored. Node would refuse it without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.requestTimeout = 0;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  answerClientErrors(server);
  endUnreadBodies(server);
}

/** RFC 9112 §3.2: an HTTP/1.1 request without `Host`, or any with several, is a bad one. */
function requireHost(request: Request, response: Response, next: NextFunction): void {
  const hosts = request.headersDistinct['host']?.length ?? 0;
  if (hosts > 1)
    return answerError(response, new ApiError(400, 'The request has more than one Host header.'));
  if (hosts === 0 && request.httpVersion === '1.1') {
    return answerError(response, new ApiError(400, 'The request has no Host header.'));
  }
  next();
}

/** What a caller may see by its key is kept by no browser and no proxy. */
function keepNoCopies(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

/** Routes outside of the API have no use for a body. Those of the API bound theirs themselves. */
function refuseLargeBodies(maxBytes: number): RequestHandler {
  return (request, response, next) => {
    const isOfApi = /^\/api(\/|$)/i.test(request.path);
    if (isOfApi || Number(request.headers['content-length'] ?? 0) <= maxBytes) return next();
    answerError(response, bodyTooLarge(maxBytes));
  };
}

/**
 * RFC 9112 §3.2.2: a server takes `GET http://host/path` as it takes `GET /path`. Express answers one whose URL it can't
 * take apart by itself, in HTML; as `*` it reaches the error body.
 */
function takeAbsoluteForm(request: IncomingMessage): void {
  if (request.url === undefined || request.url.startsWith('/')) return;
  const target = URL.parse(request.url);
  // Its host counts, and the header does not.
  if (target !== null && target.host !== '' && request.headers.host !== undefined)
    request.headers.host = target.host;
  request.url = target === null ? '*' : `${target.pathname}${target.search}`;
}

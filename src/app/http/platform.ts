import type { IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { ApiError } from '../../http/api-error.js';
import { ApiErrorFilter } from '../../http/api-error.filter.js';
import { API_PATH } from '../../http/api-controller.decorator.js';
import { answerError } from '../../http/error-answer.js';
import { answerClientErrors } from './client-errors.js';
import { requireApiKey } from './api-keys.js';

/** Time for a whole request to arrive, and for its headers, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** What is global in a server of our own, and a host platform's business otherwise: headers, keys, the error body. */
export function setUpPlatform(app: NestExpressApplication, apiKeys: readonly string[]): void {
  app.disable('x-powered-by');
  // The page at /docs is served over plain HTTP too: nothing may turn its links into https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(requireHost);
  if (apiKeys.length > 0) app.use(`/${API_PATH}`, requireApiKey(apiKeys));
  app.useGlobalFilters(new ApiErrorFilter());
  const server = app.getHttpServer();
  // Node would answer such a request by itself, without a body.
  Object.assign(server, { requireHostHeader: false });
  server.prependListener('request', takeAbsoluteForm);
  // RFC 9110 §10.1.1: what else than 100-continue is expected may be ignored. Node would refuse it without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  answerClientErrors(server);
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

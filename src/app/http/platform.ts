import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { ApiErrorFilter } from '../../http/api-error.filter.js';
import { API_PATH } from '../../http/api-controller.decorator.js';
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
  if (apiKeys.length > 0) app.use(`/${API_PATH}`, requireApiKey(apiKeys));
  app.useGlobalFilters(new ApiErrorFilter());
  const server = app.getHttpServer();
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  answerClientErrors(server);
}

import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, type OperationObject, SwaggerModule } from '@nestjs/swagger';
import { errorResponse } from '../../http/routes/api-docs.js';
import { SCOPE_EXTENSION } from '../../http/routes/required-scope.js';
import { VERSION } from '../version.js';
import { completeBodies } from './documented-bodies.js';
import { completeNullable } from './nullable-references.js';
import { GUARDED_PATHS, type PlatformOptions } from './platform.js';

type CallerOptions = Pick<PlatformOptions, 'apiKeys' | 'rateLimitPerMinute'>;

/** The server that serves the document. Its URL is relative to that of the document. */
const THIS_SERVER = { url: '/', description: 'This server.' };

const KEY =
  'A key of `API_KEYS`, without its name and scopes. Each operation names the scope that it needs. No scope includes another.';

const DESCRIPTION =
  'Turns store visits into checked, measured photos.\n\n' +
  'Each request has an id: the one in its header `X-Request-Id`, or a new one. The response has it in the same header, and ' +
  'the log of the server contains it.';

/** Creates the OpenAPI document of all routes, for a server with these options. */
export function openApiDocument(
  app: INestApplication,
  callers: CallerOptions,
  server = THIS_SERVER,
): OpenAPIObject {
  const needsKey = callers.apiKeys.length > 0;
  const builder = new DocumentBuilder()
    .setTitle('Shelfline')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(server.url, server.description)
    .addTag('jobs', 'Submit jobs of store visits and read what came of them.')
    .addTag('visits', 'What came of visits, by store, area and time.')
    .addTag('coverage', 'Which stores have usable photos.')
    .addTag('stores', 'The store master.')
    .addTag('callers', 'The key that a request is sent with.')
    .addTag('health', 'Whether the service lives and can work, and how it does.');
  if (needsKey) {
    builder
      .addBearerAuth(
        { type: 'http', scheme: 'bearer', bearerFormat: 'an API key', description: KEY },
        'bearer',
      )
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: KEY }, 'key');
  }
  const document = SwaggerModule.createDocument(app, builder.build());
  for (const [path, { get, put, post, delete: remove }] of Object.entries(document.paths)) {
    const isGuarded = GUARDED_PATHS.some((guarded) => `${path}/`.startsWith(`/${guarded}/`));
    for (const operation of [get, put, post, remove].filter((each) => each !== undefined)) {
      if (needsKey) operation.security = isGuarded ? [{ bearer: [] }, { key: [] }] : [];
      if (needsKey && isGuarded) {
        addError(operation, 401, 'No valid key.');
        describeScope(operation);
      }
      if (callers.rateLimitPerMinute > 0 && isGuarded)
        addError(operation, 429, 'Too many requests in a minute.');
      for (const [status, description] of isGuarded ? GUARDED_ROUTE : OPEN_ROUTE)
        if (operation.responses[status] === undefined) addError(operation, status, description);
      if (operation !== get) addError(operation, 403, 'A page of another site may not change anything here.');
    }
    if (get !== undefined && !isStream(get)) get.responses['304'] = NOT_MODIFIED;
  }
  completeNullable(document);
  completeBodies(document);
  return document;
}

/** Adds the scope that an operation needs, and the error for a key without it. */
function describeScope(operation: OperationObject): void {
  const scope: unknown = Reflect.get(operation, SCOPE_EXTENSION);
  if (typeof scope !== 'string')
    throw new TypeError(`${operation.operationId ?? 'an operation'} has no scope`);
  const { description = '' } = operation;
  const needs = scope === 'any' ? 'Any valid key is accepted.' : `Needs a key with the scope \`${scope}\`.`;
  operation.description = description === '' ? needs : `${description}\n\n${needs}`;
  if (scope !== 'any') addError(operation, 403, `The key lacks the scope \`${scope}\`.`);
}

const TOO_LARGE = [413, 'The body is larger than the limit.'] as const;

/** The errors of every route that needs no key. It discards a body, and refuses a large one. */
const OPEN_ROUTE = [TOO_LARGE] as const;

/** The errors of every route of the API, even if it does not use a body. */
const GUARDED_ROUTE = [
  [408, 'The body came too slowly.'],
  TOO_LARGE,
  [
    421,
    'The name in Host is not known to the server. Only a server without keys sends this, for names that are not in ALLOWED_HOSTS.',
  ],
] as const;

/** Whether an operation answers with an event stream, which has no ETag. */
function isStream({ responses }: OperationObject): boolean {
  const answer = responses['200'];
  return answer !== undefined && 'content' in answer && answer.content?.['text/event-stream'] !== undefined;
}

/** Every other response to a GET has an `ETag`, which Express compares. */
const NOT_MODIFIED = { description: 'Not modified: the ETag of the response is in If-None-Match.' };

/** Adds an error that is sent before the route is reached. If the route documents the status too, both descriptions are joined. */
function addError({ responses }: OperationObject, status: number, description: string): void {
  const own = responses[status];
  const joined =
    own !== undefined && 'description' in own ? `${description} ${own.description}` : description;
  // The example is that of this error, because it is sent before that of the route.
  responses[status] = { ...errorResponse(status, description), description: joined };
}

/** Serves Swagger UI at `/docs` and the document at `/openapi.json`. */
export function serveDocs(app: INestApplication, callers: CallerOptions): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, callers), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Shelfline API',
    swaggerOptions: { tryItOutEnabled: false, displayRequestDuration: true, persistAuthorization: false },
  });
}

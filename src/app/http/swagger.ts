import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { headersOf } from '../../http/api-docs.js';
import { ErrorBody } from '../../http/error-body.dto.js';
import { VERSION } from '../version.js';
import { GUARDED_PATHS, type PlatformOptions } from './platform.js';

type CallerOptions = Pick<PlatformOptions, 'apiKeys' | 'rateLimitPerMinute'>;
type PathItem = OpenAPIObject['paths'][string];

/** The OpenAPI document of every route of the application. */
export function openApiDocument(app: INestApplication, callers: CallerOptions): OpenAPIObject {
  const needsKey = callers.apiKeys.length > 0;
  const builder = new DocumentBuilder()
    .setTitle('Shelfline')
    .setDescription('Turns store visits into checked, measured photos.')
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addTag('jobs', 'Submit jobs of store visits and read what came of them.')
    .addTag('visits', 'What came of visits, by store, area and time.')
    .addTag('stores', 'The store master.')
    .addTag('health', 'Whether the service lives and can work, and how it does.');
  if (needsKey) {
    builder
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'One of API_KEYS.' }, 'bearer')
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'key')
      .addSecurityRequirements('bearer')
      .addSecurityRequirements('key');
  }
  const document = SwaggerModule.createDocument(app, builder.build());
  if (needsKey) addError(document, 401, 'No valid key.');
  if (callers.rateLimitPerMinute > 0) addError(document, 429, 'Too many requests in a minute.');
  for (const { get } of Object.values(document.paths))
    if (get !== undefined) get.responses['304'] = NOT_MODIFIED;
  return document;
}

/** Every answer to a GET has an `ETag`, and Express compares it. */
const NOT_MODIFIED = { description: 'The client has it already: its ETag is in If-None-Match.' };

/** Adds an error that every guarded route answers before it is reached, beside what the route says of the status. */
function addError(document: OpenAPIObject, status: number, description: string): void {
  const content = { 'application/json': { schema: { $ref: getSchemaPath(ErrorBody) } } };
  for (const [path, operations] of Object.entries(document.paths)) {
    if (!GUARDED_PATHS.some((guarded) => `${path}/`.startsWith(`/${guarded}/`))) continue;
    for (const { responses } of operationsOf(operations)) {
      const own = responses[status];
      const told =
        own !== undefined && 'description' in own ? `${description} ${own.description}` : description;
      responses[status] = { description: told, content, ...headersOf(status) };
    }
  }
}

function operationsOf({ get, put, post, delete: remove }: PathItem): NonNullable<PathItem['get']>[] {
  return [get, put, post, remove].filter((operation) => operation !== undefined);
}

/** Serves Swagger UI at `/docs` and the document at `/openapi.json`. */
export function serveDocs(app: INestApplication, callers: CallerOptions): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, callers), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Shelfline API',
    swaggerOptions: { tryItOutEnabled: false, displayRequestDuration: true, persistAuthorization: true },
  });
}

import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { VERSION } from '../version.js';

/** The OpenAPI document of every route of the application. */
export function openApiDocument(app: INestApplication, needsKey: boolean): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Shelfline')
    .setDescription('Turns store visits into checked, measured photos.')
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addTag('jobs', 'Submit jobs of store visits and read what came of them.')
    .addTag('stores', 'The store master.')
    .addTag('health', 'Whether the service lives and can work.');
  if (needsKey) {
    builder
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'One of API_KEYS.' }, 'bearer')
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'key')
      .addSecurityRequirements('bearer')
      .addSecurityRequirements('key');
  }
  return SwaggerModule.createDocument(app, builder.build());
}

/** Serves Swagger UI at `/docs` and the document at `/openapi.json`. */
export function serveDocs(app: INestApplication, needsKey: boolean): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, needsKey), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Shelfline API',
    swaggerOptions: { tryItOutEnabled: false, displayRequestDuration: true, persistAuthorization: true },
  });
}

import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import { readEnvironment } from './environment.js';
import { openApiDocument } from './http/swagger.js';
import { createRootLogger } from './logging/root-logger.js';
import { VERSION } from './version.js';

/** Where a server is unless it is told otherwise. */
const SERVER = {
  url: 'http://127.0.0.1:8080',
  description: 'A server on this machine, as it starts by default.',
};

/**
 * The OpenAPI document of a server that wants keys and limits requests: all that a client may meet. It is the same whatever the
 * environment, and needs no database: nothing of the application is made but the knowledge of its routes.
 */
export async function describeApi(): Promise<OpenAPIObject> {
  const settings = readEnvironment({ ROLE: 'api', API_KEYS: 'any' }, VERSION);
  const module = AppModule.with(settings, 'postgres://127.0.0.1/none', createRootLogger('fatal'));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  return openApiDocument(app, settings, SERVER);
}

import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import { readEnvironment } from './environment.js';
import { openApiDocument } from './http/swagger.js';
import { createRootLogger } from './logging/root-logger.js';
import { VERSION } from './version.js';

/** The default address of a server. */
const SERVER = {
  url: 'http://127.0.0.1:8080',
  description: 'A server on this machine with default settings.',
};

/**
 * Creates the OpenAPI document of a server with keys and a rate limit, so that it contains everything that a client may get. It does not depend on the
 * environment or on a database: only the routes of the application are created.
 */
export async function describeApi(): Promise<OpenAPIObject> {
  const settings = readEnvironment({ ROLE: 'api', API_KEYS: 'any' }, VERSION);
  const module = AppModule.with(settings, 'postgres://127.0.0.1/none', createRootLogger('fatal'));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  return openApiDocument(app, settings, SERVER);
}

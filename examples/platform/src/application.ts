import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PlatformModule } from './platform.module.js';
import { ProblemFilter } from './problem.filter.js';

/** The platform with everything that is global in it. It does not listen yet. */
export async function createPlatform(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(PlatformModule, { logger: ['warn', 'error'] });
  app.setGlobalPrefix('v1');
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.useGlobalFilters(new ProblemFilter());
  // Nest's own parser takes 100 kB of JSON, which a job may well exceed.
  app.useBodyParser('json', { limit: '32mb' });
  app.enableShutdownHooks();
  return app;
}

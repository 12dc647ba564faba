import type { NestExpressApplication } from '@nestjs/platform-express';

const HOUR_S = 3600;

/** Allows pages of these origins to call the API from browsers, with keys in headers and never with cookies. */
export function allowOrigins(app: NestExpressApplication, origins: readonly string[]): void {
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'Last-Event-ID',
      'X-API-Key',
      'X-Request-Id',
    ],
    exposedHeaders: [
      'Idempotent-Replayed',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
    ],
    credentials: false,
    maxAge: HOUR_S,
  });
}

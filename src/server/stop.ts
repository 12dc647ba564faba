import { setTimeout as pause } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { EventStreams } from '../events/event-streams.js';
import { QueueService } from '../queue/queue.service.js';
import type { OpenConnections } from './http/open-connections.js';

/** The minimum time for requests to be answered, even if the batches took long, in milliseconds. */
const MIN_FOR_REQUESTS_MS = 1_000;

export interface StopTimes {
  /** How long new connections are still accepted, in milliseconds, so that a load balancer can detect that the process is not ready. */
  readonly shutdownDelayMs: number;
  /** How long running work may take to finish, in milliseconds. */
  readonly shutdownGraceMs: number;
}

/**
 * Stops an application within the grace time, or the delay if that is longer. The application is not ready from now on and starts no more batches. It
 * accepts requests until the running batches have ended and the delay is over. Then it closes event streams, and answers the requests that it has.
 */
export async function stopApplication(
  app: NestExpressApplication,
  connections: OpenConnections,
  { shutdownDelayMs, shutdownGraceMs }: StopTimes,
): Promise<void> {
  const deadline = performance.now() + shutdownGraceMs;
  connections.keepNone();
  await Promise.all([app.get(QueueService).drain(), pause(shutdownDelayMs)]);
  app.get(EventStreams, { strict: false }).close();
  await connections.close(Math.max(deadline - performance.now(), MIN_FOR_REQUESTS_MS));
  await app.close();
}

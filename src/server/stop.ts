import { setTimeout as pause } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { EventStreams } from '../events/event-streams.js';
import { QueueService } from '../queue/queue.service.js';
import type { OpenConnections } from './http/open-connections.js';

/** Requests have at least so long to be answered, however long the batches took, in milliseconds. */
const MIN_FOR_REQUESTS_MS = 1_000;

/** How long a stop may take. */
export interface StopTimes {
  /** New connections are taken for so long, in milliseconds, so that a load balancer sees first that it is not ready. */
  readonly shutdownDelayMs: number;
  /** What is in hand may finish within this, in milliseconds. */
  readonly shutdownGraceMs: number;
}

/**
 * Stops an application within the grace time, or the delay where that is longer. It says at once that it is not ready, and takes no more batches; it
 * answers requests until those in hand have ended and the delay is over, and the requests that it has then to their end.
 * Event streams have no end of their own to wait for: they end there.
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

import type { NestExpressApplication } from '@nestjs/platform-express';
import { EventStreams } from '../events/event-streams.js';
import { QueueService } from '../queue/queue.service.js';
import type { OpenConnections } from './http/open-connections.js';

/** Requests have at least so long to be answered, however long the batches took, in milliseconds. */
const LEAST_FOR_REQUESTS_MS = 1_000;

/**
 * Stops an application within the grace time. It says at once that it is not ready, and takes no more batches; it
 * answers requests until those in hand have ended, and the requests that it has then to their end. Event streams have no end
 * of their own to wait for: they end there.
 */
export async function stopApplication(
  app: NestExpressApplication,
  connections: OpenConnections,
  graceMs: number,
): Promise<void> {
  const deadline = performance.now() + graceMs;
  await app.get(QueueService).drain();
  app.get(EventStreams, { strict: false }).close();
  await connections.close(Math.max(deadline - performance.now(), LEAST_FOR_REQUESTS_MS));
  await app.close();
}

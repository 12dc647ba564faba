import type { NestExpressApplication } from '@nestjs/platform-express';
import { QueueService } from '../queue/queue.service.js';
import type { OpenConnections } from './http/open-connections.js';

/** Requests have at least so long to be answered, however long the batches took, in milliseconds. */
const LEAST_FOR_REQUESTS_MS = 1_000;

/**
 * Stops an application within the grace time. It says at once that it is not ready, and takes no more batches; it
 * answers requests until those in hand have ended, and the requests that it has then to their end.
 */
export async function stopApplication(
  app: NestExpressApplication,
  connections: OpenConnections,
  graceMs: number,
): Promise<void> {
  const deadline = performance.now() + graceMs;
  await app.get(QueueService).drain();
  await connections.close(Math.max(deadline - performance.now(), LEAST_FOR_REQUESTS_MS));
  await app.close();
}

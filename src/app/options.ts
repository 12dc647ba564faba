import { splitConnections } from '../queue/queue.options.js';
import type { StoreVisitsOptions } from '../store-visits.options.js';
import type { Settings } from './environment.js';
import type { Metrics } from './metrics/metrics.js';

/** The library's options, made of the application's settings, the database that was found or started, and what counts. */
export function toOptions(settings: Settings, databaseUrl: string, metrics: Metrics): StoreVisitsOptions {
  return {
    queue: {
      url: databaseUrl,
      poolSize: splitConnections(settings.databasePoolSize).queue,
      shutdownGraceMs: settings.shutdownGraceMs,
      applicationName: applicationName(settings),
    },
    http: {
      maxBodyBytes: settings.maxBodyBytes,
      bodyMemoryBytes: settings.bodyMemoryBytes,
      bodyPace: { graceMs: settings.bodyGraceMs, minBytesPerSecond: settings.bodyMinBytesPerSecond },
      maxStreams: settings.maxStreams,
    },
    events: { maxStreams: settings.eventStreamsMax, heartbeatMs: settings.eventHeartbeatMs },
    jobs: { maxImages: settings.maxImagesPerJob, observer: metrics },
    outbound: { allowedNetworks: settings.imageAllowedNetworks, allowedHosts: settings.imageAllowedHosts },
    fetching: {
      concurrency: settings.imageConcurrency,
      hostConcurrency: settings.imageHostConcurrency,
      timeoutMs: settings.imageTimeoutMs,
      maxBytes: settings.imageMaxBytes,
      memoryBytes: settings.imageMemoryBytes,
      userAgent: settings.imageUserAgent,
      observer: metrics,
    },
    webhooks: {
      secrets: settings.webhookSecrets,
      timeoutMs: settings.webhookTimeoutMs,
      maxAttempts: settings.webhookMaxAttempts,
      retryBaseMs: settings.webhookRetryBaseMs,
      userAgent: settings.imageUserAgent,
      observer: metrics,
    },
    processing: {
      maxAttempts: settings.imageMaxAttempts,
      retryBaseMs: settings.imageRetryBaseMs,
      retentionDays: settings.jobRetentionDays,
      hostPatienceMs: settings.imageHostPatienceMs,
      delayMs: settings.processingDelayMs,
      observer: metrics,
    },
  };
}

/** What the database's operator sees of us. */
export function applicationName(settings: Settings): string {
  return `shelfline-${settings.role}`;
}

import { ExifAnalyzer } from '../images/analysing/exif/exif-analyzer.js';
import type { SourceOptions } from '../outbound/sources/source-options.js';
import { splitConnections } from '../queue/queue.options.js';
import type { StoreVisitsObserver, StoreVisitsOptions } from '../store-visits.options.js';
import type { Settings } from './environment.js';

/** The module's options, made of the application's settings and of what counts. */
export function toOptions(
  settings: Settings,
  observer: StoreVisitsObserver,
  sources: readonly SourceOptions[],
): StoreVisitsOptions {
  return {
    role: settings.role,
    http: {
      maxBodyBytes: settings.maxBodyBytes,
      bodyMemoryBytes: settings.bodyMemoryBytes,
      bodyGraceMs: settings.bodyGraceMs,
      bodyMinBytesPerSecond: settings.bodyMinBytesPerSecond,
      bodyTimeoutMs: settings.bodyTimeoutMs,
      maxSmallBodyBytes: settings.maxSmallBodyBytes,
      maxStreamBytes: settings.maxStreamBytes,
      maxImportBytes: settings.maxImportBytes,
      maxRejectedRows: settings.maxRejectedRows,
      importStallMs: settings.importStallMs,
      documentThreads: settings.documentThreads,
      documentTimeoutMs: settings.documentTimeoutMs,
      answerStallMs: settings.answerStallMs,
      answerMemoryBytes: settings.answerMemoryBytes,
      maxPipelinedRequests: settings.maxPipelinedRequests,
      maxStreams: settings.maxStreams,
      maxEventStreams: settings.eventStreamsMax,
      eventHeartbeatMs: settings.eventHeartbeatMs,
    },
    jobs: { maxImages: settings.maxImagesPerJob, retentionDays: settings.jobRetentionDays },
    images: {
      allowedNetworks: settings.imageAllowedNetworks,
      allowedHosts: settings.imageAllowedHosts,
      allowedPorts: settings.imageAllowedPorts,
      sources,
      concurrency: settings.imageConcurrency,
      hostConcurrency: settings.imageHostConcurrency,
      timeoutMs: settings.imageTimeoutMs,
      maxBytes: settings.imageMaxBytes,
      memoryBytes: settings.imageMemoryBytes,
      userAgent: settings.imageUserAgent,
      maxAttempts: settings.imageMaxAttempts,
      retryBaseMs: settings.imageRetryBaseMs,
      hostPatienceMs: settings.imageHostPatienceMs,
      delayMs: settings.processingDelayMs,
    },
    callbacks: {
      secrets: settings.webhookSecrets,
      timeoutMs: settings.webhookTimeoutMs,
      maxAttempts: settings.webhookMaxAttempts,
      retryBaseMs: settings.webhookRetryBaseMs,
    },
    queue: {
      poolSize: splitConnections(settings.databasePoolSize).queue,
      shutdownGraceMs: settings.shutdownGraceMs,
    },
    observer,
  };
}

/** What finds things out about images beside their size. */
export function toAnalyzers({ imageExif, imageExifTimeZone: timeZone }: Settings): ExifAnalyzer[] {
  return imageExif ? [new ExifAnalyzer(timeZone === undefined ? {} : { timeZone })] : [];
}

/** What the database's operator sees of us. */
export function applicationName(settings: Settings): string {
  return `shelfline-${settings.role}`;
}

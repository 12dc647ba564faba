// `npm run settings` writes this file from the option tables of the rooms. Change those, not this.
import type { SourcesOption } from './outbound/sources/source-options.js';
import type { Delay } from './processing/simulated-analysis.js';

/** A list, or its items with commas between them, as an environment variable has them. */
export type TextList = readonly string[] | string;

/** Where in the database everything is. */
export interface DatabaseOptions {
  /** Schema of the tables. Entities and migrations have to be made for the same one. By default `"shelfline"`. */
  readonly schema?: string | undefined;
  /** Schema of the tables of the queue. It has to be a different one. By default `"shelfline_queue"`. */
  readonly queueSchema?: string | undefined;
}

/** Limits of requests, of their bodies and of their answers. */
export interface HttpLimits {
  /** Maximum number of bytes of a JSON body, after decompression. By default `33554432`, from 1024 to 1073741824. The setting `MAX_BODY_BYTES`. */
  readonly maxBodyBytes?: number | undefined;
  /** Maximum number of bytes of JSON bodies in memory at a time. Beyond that the caller that holds the most is refused with `429`. By default `67108864`, from 1024 to 1099511627776. The setting `BODY_MEMORY_BYTES`. */
  readonly bodyMemoryBytes?: number | undefined;
  /** How long a client may stall, or upload below the minimum rate, before its body is refused, in milliseconds. By default `20000`, from 1 to 86400000. The setting `BODY_GRACE_MS`. */
  readonly bodyGraceMs?: number | undefined;
  /** The minimum rate of an upload, in bytes a second. By default `1024`, from 1 to 1073741824. The setting `BODY_MIN_BYTES_PER_SECOND`. */
  readonly bodyMinBytesPerSecond?: number | undefined;
  /** Time for a whole body to arrive, in milliseconds. The time that the server takes for it does not count. By default `900000`, from 1 to 86400000. The setting `BODY_TIMEOUT_MS`. */
  readonly bodyTimeoutMs?: number | undefined;
  /** Maximum number of bytes of the body of any other request than a submission or an import, after decompression. By default `16384`, from 1024 to 1048576. The setting `MAX_SMALL_BODY_BYTES`. */
  readonly maxSmallBodyBytes?: number | undefined;
  /** Maximum number of bytes of a submission as NDJSON or CSV, after decompression. By default `1073741824`, from 1024 to 1099511627776. The setting `MAX_STREAM_BYTES`. */
  readonly maxStreamBytes?: number | undefined;
  /** Maximum number of bytes of a store master that is imported, after decompression. By default `134217728`, from 1024 to 1099511627776. The setting `MAX_IMPORT_BYTES`. */
  readonly maxImportBytes?: number | undefined;
  /** An import with more rejected rows changes nothing. By default `10000`, from 0 to 100000000. The setting `MAX_REJECTED_ROWS`. */
  readonly maxRejectedRows?: number | undefined;
  /** How long other imports may wait for the client of one before that ends with `408`, in milliseconds. By default `10000`, from 1 to 86400000. The setting `IMPORT_STALL_MS`. */
  readonly importStallMs?: number | undefined;
  /** Threads for large JSON documents. One caller gets at most all but one of them. By default `2`, from 1 to 64. The setting `DOCUMENT_THREADS`. */
  readonly documentThreads?: number | undefined;
  /** Time for a thread to parse one large JSON document, in milliseconds. By default `10000`, from 1 to 86400000. The setting `DOCUMENT_TIMEOUT_MS`. */
  readonly documentTimeoutMs?: number | undefined;
  /** How long a client may read nothing of an answer before its connection is closed, in milliseconds. By default `60000`, from 1 to 86400000. The setting `ANSWER_STALL_MS`. */
  readonly answerStallMs?: number | undefined;
  /** Maximum number of bytes of answers that wait in a process for their clients. By default `134217728`, from 1048576 to 1099511627776. The setting `ANSWER_MEMORY_BYTES`. */
  readonly answerMemoryBytes?: number | undefined;
  /** Requests that a client may send on one connection ahead of their answers. By default `16`, from 1 to 10000. The setting `MAX_PIPELINED_REQUESTS`. */
  readonly maxPipelinedRequests?: number | undefined;
  /** Maximum number of streamed submissions in progress in one process, and of streamed exports. One caller gets at most three quarters of them; further requests get `429`. By default `32`, from 1 to 100000. The setting `MAX_STREAMS`. */
  readonly maxStreams?: number | undefined;
  /** Whether a query parameter that a route does not know is refused with `400`. The standalone service always refuses it. By default `false`. */
  readonly refuseUnknownParameters?: boolean | undefined;
  /** Maximum number of open event streams in one process. One caller gets at most three quarters of them. By default `1000`, from 0 to 1000000. The setting `EVENT_STREAMS_MAX`. */
  readonly maxEventStreams?: number | undefined;
  /** Time between the heartbeats of an event stream, in milliseconds. By default `15000`, from 1 to 86400000. The setting `EVENT_HEARTBEAT_MS`. */
  readonly eventHeartbeatMs?: number | undefined;
}

/** The size of a job, and how long it is kept. */
export interface JobLimits {
  /** Maximum number of images of one job. By default `1000000`, from 1 to 100000000. The setting `MAX_IMAGES_PER_JOB`. */
  readonly maxImages?: number | undefined;
  /** Days that a job is kept after its end; `0` keeps it. By default `0`, from 0 to 36500. The setting `JOB_RETENTION_DAYS`. */
  readonly retentionDays?: number | undefined;
}

/** How images are fetched, and from where. */
export interface ImageOptions {
  /** Upper limit of downloads in flight in one process. By default `256`, from 1 to 10000. The setting `IMAGE_CONCURRENCY`. */
  readonly concurrency?: number | undefined;
  /** Upper limit of downloads in flight to one host. Each host has its own limit, which adapts below that. By default `128`, from 1 to 10000. The setting `IMAGE_HOST_CONCURRENCY`. */
  readonly hostConcurrency?: number | undefined;
  /** Time for one attempt at an image, redirects and further ranges included, in milliseconds. Waiting for a slot does not count. By default `10000`, from 1 to 86400000. The setting `IMAGE_TIMEOUT_MS`. */
  readonly timeoutMs?: number | undefined;
  /** Maximum number of bytes read of one image in one attempt. By default `26214400`, from 1024 to 1073741824. The setting `IMAGE_MAX_BYTES`. */
  readonly maxBytes?: number | undefined;
  /** Maximum number of bytes of images that all downloads of a process hold at a time. By default `134217728`, from 1048576 to 1099511627776. The setting `IMAGE_MEMORY_BYTES`. */
  readonly memoryBytes?: number | undefined;
  /** The `User-Agent` header of requests for images and of callbacks. By default `"shelfline"`. The setting `IMAGE_USER_AGENT`. */
  readonly userAgent?: string | undefined;
  /** Attempts at an image before it fails. Only faults that may pass are tried again. By default `4`, from 1 to 100. The setting `IMAGE_MAX_ATTEMPTS`. */
  readonly maxAttempts?: number | undefined;
  /** First pause between attempts at an image, in milliseconds. It doubles, with jitter. By default `1000`, from 1 to 86400000. The setting `IMAGE_RETRY_BASE_MS`. */
  readonly retryBaseMs?: number | undefined;
  /** How long an image waits for a host that fails again and again, or refuses everything (429, 503), before it fails too, in milliseconds. By default `120000`, from 0 to 86400000. The setting `IMAGE_HOST_PATIENCE_MS`. */
  readonly hostPatienceMs?: number | undefined;
  /** Simulated time of the analysis of each image, in milliseconds: `{ min, max }`, or as a variable `N` or `MIN-MAX`, such as `100-400`. By default `{"min":0,"max":0}`. The setting `PROCESSING_DELAY_MS`. */
  readonly delayMs?: Delay | undefined;
  /** CIDR blocks to fetch images from, and to send callbacks to, although they are not public, such as `10.2.0.0/16`. None by default. The setting `IMAGE_ALLOWED_NETWORKS`. */
  readonly allowedNetworks?: TextList | undefined;
  /** When set, images come from these host names only (`*.example.com` stands for every name under it). None by default. The setting `IMAGE_ALLOWED_HOSTS`. */
  readonly allowedHosts?: TextList | undefined;
  /** When set, images and callbacks use these ports only, such as `80,443`. Otherwise any port of a public address is allowed. None by default. The setting `IMAGE_ALLOWED_PORTS`. */
  readonly allowedPorts?: TextList | undefined;
  /** Credentials and limits for private hosts and buckets: a list, or a function that returns one, such as for tokens that change. None by default. */
  readonly sources?: SourcesOption | undefined;
  /** Flags that images get, as a list of codes ([photo truth](photo-truth.md)). None by default. */
  readonly flags?: TextList | undefined;
  /** A photo that was taken more hours before or after its visit gets the flag `other_time`. By default `24`, from 0 to 87600. The setting `PHOTO_MAX_DELAY_HOURS`. */
  readonly maxDelayHours?: number | undefined;
  /** A photo that was taken further from a store without a radius of its own gets the flag `elsewhere`, in meters. By default `500`, from 0 to 20100000. The setting `PHOTO_MAX_DISTANCE_METERS`. */
  readonly maxDistanceMeters?: number | undefined;
  /** An image whose shorter side has fewer pixels gets the flag `too_small`. By default `480`, from 1 to 1000000. The setting `PHOTO_MIN_SIDE`. */
  readonly minSide?: number | undefined;
}

/** Limits of each analyzer. */
export interface AnalysisLimits {
  /** Time of an analyzer for one image, in milliseconds. Waiting for the whole file does not count. By default `10000`, from 1 to 86400000. */
  readonly timeoutMs?: number | undefined;
  /** Maximum number of images that one analyzer gets at a time, unless it sets a number itself. By default `16`, from 1 to 10000. */
  readonly concurrency?: number | undefined;
  /** Maximum number of bytes of one result as JSON. By default `65536`, from 2 to 16777216. */
  readonly maxResultBytes?: number | undefined;
}

/** How callbacks are signed and delivered. */
export interface CallbackOptions {
  /** Secrets that callbacks are signed with, as `whsec_…`. Several, comma-separated, all sign. Without one, a `callback_url` is refused. None by default. The setting `WEBHOOK_SECRET`. */
  readonly secrets?: TextList | undefined;
  /** Time for one attempt at a callback, in milliseconds. By default `10000`, from 1 to 86400000. The setting `WEBHOOK_TIMEOUT_MS`. */
  readonly timeoutMs?: number | undefined;
  /** Attempts at a callback before it fails. By default `12`, from 1 to 100. The setting `WEBHOOK_MAX_ATTEMPTS`. */
  readonly maxAttempts?: number | undefined;
  /** First pause between attempts at a callback, in milliseconds. It grows threefold, up to 6 hours. By default `5000`, from 1 to 86400000. The setting `WEBHOOK_RETRY_BASE_MS`. */
  readonly retryBaseMs?: number | undefined;
}

/** Connections of the queue, and how it stops. */
export interface QueueLimits {
  /** Connections of the queue in each process, besides one more that listens for notifications. By default `2`, from 2 to 1000. */
  readonly poolSize?: number | undefined;
  /** How long a stopping process waits for the work in progress, in milliseconds. By default `15000`, from 0 to 86400000. The setting `SHUTDOWN_GRACE_MS`. */
  readonly shutdownGraceMs?: number | undefined;
}

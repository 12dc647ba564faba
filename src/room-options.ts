import type { DatabaseOptions } from './database/database.options.js';
import { isSchemaName, SCHEMA } from './database/schema.js';
import type { EventsOptions } from './events/events.options.js';
import { isWebhookSecret } from './events/webhooks/webhook-signer.js';
import type { WebhooksOptions } from './events/webhooks/webhooks.options.js';
import type { HttpOptions } from './http/http.options.js';
import type { AnalysisOptions } from './images/analysing/analysis.options.js';
import type { FetchingOptions } from './images/fetching/fetching.options.js';
import type { JobsOptions } from './jobs/jobs.options.js';
import { isHostPattern } from './outbound/host-rule.js';
import { isPort, parseBlock } from './outbound/ip-address.js';
import type { OutboundOptions } from './outbound/outbound.options.js';
import type { ProcessingOptions } from './processing/processing.options.js';
import { QUEUE_SCHEMA, type QueueOptions } from './queue/queue.options.js';
import type { Delay } from './processing/simulated-analysis.js';
import { type Limit, LIMITS } from './store-visits.limits.js';
import type { Role, StoreVisitsOptions, TextList } from './store-visits.options.js';

/** An option that can't be used. The message names it, its value, and what it takes. */
export class StoreVisitsOptionsError extends Error {
  constructor(option: string, takes: string) {
    super(`StoreVisitsModule: ${option} takes ${takes}`);
    this.name = 'StoreVisitsOptionsError';
  }
}

/** The options of each room, complete and checked. */
export interface RoomOptions {
  readonly role: Role;
  readonly database: DatabaseOptions;
  readonly queue: QueueOptions;
  readonly http: HttpOptions;
  readonly events: EventsOptions;
  readonly jobs: JobsOptions;
  readonly outbound: OutboundOptions;
  readonly fetching: FetchingOptions;
  readonly analysis: AnalysisOptions;
  readonly webhooks: WebhooksOptions;
  readonly processing: ProcessingOptions;
}

const ROLES: readonly Role[] = ['all', 'api', 'worker'];
const USER_AGENT = 'shelfline';
/** The longest simulated time, in milliseconds. */
const MAX_DELAY_MS = 60_000;

/**
 * What the rooms are told, with what was left out.
 *
 * @throws StoreVisitsOptionsError for the first option that can't be used
 */
export function roomOptions(options: StoreVisitsOptions): RoomOptions {
  const role = options.role ?? 'all';
  if (!ROLES.includes(role)) throw new StoreVisitsOptionsError('role', `one of ${ROLES.join(', ')}`);
  const schema = getSchema('database.schema', options.database?.schema ?? SCHEMA);
  const queueSchema = getSchema('database.queueSchema', options.database?.queueSchema ?? QUEUE_SCHEMA);
  if (schema === queueSchema)
    throw new StoreVisitsOptionsError('database.queueSchema', 'another schema than database.schema');
  const http = toLimits('http', LIMITS.http, {
    ...options.http,
    bodyMemoryBytes: options.http?.bodyMemoryBytes ?? bodyMemory(options.http?.maxBodyBytes),
  });
  const jobs = toLimits('jobs', LIMITS.jobs, options.jobs);
  const images = toLimits('images', LIMITS.images, options.images);
  const analysis = toLimits('analysis', LIMITS.analysis, options.analysis);
  const callbacks = toLimits('callbacks', LIMITS.callbacks, options.callbacks);
  const queue = toLimits('queue', LIMITS.queue, options.queue);
  const maxBytes = images('maxBytes');
  if (images('memoryBytes') < maxBytes)
    throw new StoreVisitsOptionsError('images.memoryBytes', `at least images.maxBytes, which is ${maxBytes}`);
  const maxBodyBytes = http('maxBodyBytes');
  if (http('bodyMemoryBytes') < maxBodyBytes)
    throw new StoreVisitsOptionsError(
      'http.bodyMemoryBytes',
      `at least http.maxBodyBytes, which is ${maxBodyBytes}`,
    );
  const { userAgent = USER_AGENT } = options.images ?? {};
  if (typeof userAgent !== 'string' || !/^[\x20-\x7e]+$/.test(userAgent))
    throw new StoreVisitsOptionsError('images.userAgent', 'printable ASCII characters');
  const allowedHosts = toList(
    'images.allowedHosts',
    options.images?.allowedHosts,
    isHostPattern,
    'host names such as photos.example.com or *.example.com',
  );
  const allowedNetworks = toList(
    'images.allowedNetworks',
    options.images?.allowedNetworks,
    (text) => parseBlock(text) !== undefined,
    'CIDR blocks such as 10.2.0.0/16',
  );
  const allowedPorts = toList(
    'images.allowedPorts',
    options.images?.allowedPorts,
    isPort,
    'ports from 1 to 65535',
  ).map(Number);
  const { sources = [] } = options.images ?? {};
  if (!Array.isArray(sources) && typeof sources !== 'function')
    throw new StoreVisitsOptionsError('images.sources', 'a list of sources, or a function that returns one');
  const secrets = toList(
    'callbacks.secrets',
    options.callbacks?.secrets,
    isWebhookSecret,
    'secrets as Standard Webhooks writes them: whsec_ and 24 to 64 bytes in base64',
  );
  const observer = options.observer === undefined ? {} : { observer: options.observer };
  return {
    role,
    database: { schema },
    queue: {
      poolSize: queue('poolSize'),
      shutdownGraceMs: queue('shutdownGraceMs'),
      schema: queueSchema,
    },
    http: {
      maxBodyBytes,
      bodyMemoryBytes: http('bodyMemoryBytes'),
      bodyPace: {
        graceMs: http('bodyGraceMs'),
        minBytesPerSecond: http('bodyMinBytesPerSecond'),
        timeoutMs: http('bodyTimeoutMs'),
      },
      maxSmallBodyBytes: http('maxSmallBodyBytes'),
      maxStreamBytes: http('maxStreamBytes'),
      maxImportBytes: http('maxImportBytes'),
      maxRejectedRows: http('maxRejectedRows'),
      importStallMs: http('importStallMs'),
      documentThreads: http('documentThreads'),
      documentTimeoutMs: http('documentTimeoutMs'),
      answers: {
        stallMs: http('answerStallMs'),
        memoryBytes: http('answerMemoryBytes'),
        maxPipelined: http('maxPipelinedRequests'),
      },
      maxStreams: http('maxStreams'),
    },
    events: { maxStreams: http('maxEventStreams'), heartbeatMs: http('eventHeartbeatMs') },
    jobs: { maxImages: jobs('maxImages'), ...observer },
    outbound: { allowedHosts, allowedNetworks, allowedPorts, sources },
    fetching: {
      concurrency: images('concurrency'),
      hostConcurrency: images('hostConcurrency'),
      hostPatienceMs: images('hostPatienceMs'),
      timeoutMs: images('timeoutMs'),
      maxBytes,
      memoryBytes: images('memoryBytes'),
      userAgent,
      ...observer,
    },
    analysis: {
      timeoutMs: analysis('timeoutMs'),
      concurrency: analysis('concurrency'),
      maxResultBytes: analysis('maxResultBytes'),
    },
    webhooks: {
      secrets,
      timeoutMs: callbacks('timeoutMs'),
      maxAttempts: callbacks('maxAttempts'),
      retryBaseMs: callbacks('retryBaseMs'),
      userAgent,
      ...observer,
    },
    processing: {
      maxAttempts: images('maxAttempts'),
      retryBaseMs: images('retryBaseMs'),
      hostPatienceMs: images('hostPatienceMs'),
      retentionDays: jobs('retentionDays'),
      delayMs: toDelay(options.images?.delayMs),
      ...observer,
    },
  };
}

function getSchema(option: string, name: string): string {
  if (typeof name === 'string' && isSchemaName(name)) return name;
  throw new StoreVisitsOptionsError(
    option,
    'at most 32 small letters, digits and underscores, a letter first',
  );
}

function toDelay(given: Delay = { min: 0, max: 0 }): Delay {
  const { min, max }: { min?: unknown; max?: unknown } = Object(given);
  const least = wholeNumber('images.delayMs.min', min, { min: 0, max: MAX_DELAY_MS });
  return { min: least, max: wholeNumber('images.delayMs.max', max, { min: least, max: MAX_DELAY_MS }) };
}

/** A larger body brings the room that it needs. */
function bodyMemory(maxBodyBytes = 0): number {
  return Math.max(LIMITS.http.bodyMemoryBytes.default, maxBodyBytes);
}

/** Reads the limits of one group of options. */
function toLimits<Name extends string>(
  group: string,
  limits: Readonly<Record<Name, Limit>>,
  given: { readonly [N in NoInfer<Name>]?: number | undefined } = {},
): (name: Name) => number {
  return (name) => wholeNumber(`${group}.${name}`, given[name] ?? limits[name].default, limits[name]);
}

function wholeNumber(option: string, value: unknown, { min, max }: Omit<Limit, 'default'>): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new StoreVisitsOptionsError(option, `a whole number from ${min} to ${max}, and is ${String(value)}`);
}

function toList(
  option: string,
  given: TextList = [],
  isGood: (text: string) => boolean,
  takes: string,
): readonly string[] {
  if (given === '') return [];
  const items = typeof given === 'string' ? given.split(',').map((item) => item.trim()) : given;
  if (Array.isArray(items) && items.every((item) => typeof item === 'string' && isGood(item))) return items;
  throw new StoreVisitsOptionsError(option, `a list of ${takes}`);
}

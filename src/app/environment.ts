import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isWebhookSecret, SECRET_BYTES } from '../events/webhooks/webhook-signer.js';
import { isTimeZone } from '../images/analysing/exif/local-time.js';
import { isHostPattern } from '../outbound/host-rule.js';
import { isPort, parseBlock } from '../outbound/ip-address.js';
import type { Delay } from '../processing/simulated-analysis.js';
import { type Limit, LIMITS } from '../store-visits.limits.js';
import type { Role } from '../store-visits.options.js';

/** A setting that can't be used. The message is one line: its name, its value, and what it takes. */
export class SettingError extends Error {
  constructor(name: string, value: string, takes: string) {
    super(`${name}=${value.replaceAll(/\p{Cc}/gu, ' ')}: ${name} takes ${takes}`);
    this.name = 'SettingError';
  }
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings of the standalone application, checked. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly role: Role;
  readonly databaseUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly databaseSilenceMs: number;
  readonly databaseWaitMs: number;
  readonly dataDir: string;
  readonly storeMasterCsv: string | undefined;
  readonly apiKeys: readonly string[];
  readonly allowAnonymous: boolean;
  readonly corsOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string | undefined;
  readonly trustProxy: readonly string[];
  readonly rateLimitPerMinute: number;
  readonly maxBodyBytes: number;
  readonly bodyMemoryBytes: number;
  readonly bodyGraceMs: number;
  readonly bodyMinBytesPerSecond: number;
  readonly bodyTimeoutMs: number;
  readonly maxSmallBodyBytes: number;
  readonly maxStreamBytes: number;
  readonly maxImportBytes: number;
  readonly maxRejectedRows: number;
  readonly importStallMs: number;
  readonly documentThreads: number;
  readonly documentTimeoutMs: number;
  readonly answerStallMs: number;
  readonly answerMemoryBytes: number;
  readonly maxPipelinedRequests: number;
  readonly maxStreams: number;
  readonly maxImagesPerJob: number;
  readonly eventStreamsMax: number;
  readonly eventHeartbeatMs: number;
  readonly imageConcurrency: number;
  readonly imageHostConcurrency: number;
  readonly imageTimeoutMs: number;
  readonly imageMaxBytes: number;
  readonly imageMemoryBytes: number;
  readonly imageUserAgent: string;
  readonly imageMaxAttempts: number;
  readonly imageRetryBaseMs: number;
  readonly imageHostPatienceMs: number;
  readonly imageExif: boolean;
  readonly imageExifTimeZone: string | undefined;
  readonly processingDelayMs: Delay;
  readonly imageAllowedNetworks: readonly string[];
  readonly imageAllowedHosts: readonly string[];
  readonly imageAllowedPorts: readonly string[];
  readonly imageSourcesFile: string | undefined;
  readonly webhookSecrets: readonly string[];
  readonly webhookTimeoutMs: number;
  readonly webhookMaxAttempts: number;
  readonly webhookRetryBaseMs: number;
  readonly jobRetentionDays: number;
  readonly shutdownGraceMs: number;
  readonly shutdownDelayMs: number;
  readonly logLevel: LogLevel;
}

/** Stands in an error where a value must not be repeated. */
const NOT_SHOWN = '(not shown)';

type Environment = Readonly<Record<string, string | undefined>>;

const DAY_MS = 86_400_000;

/**
 * Reads the settings out of environment variables. An empty variable counts as not set.
 *
 * @param version what the default user agent says
 * @throws SettingError for the first variable that can't be used
 */
export function readEnvironment(environment: Environment, version: string): Settings {
  const read = new Reader(environment);
  const maxBodyBytes = read.limit('MAX_BODY_BYTES', LIMITS.http.maxBodyBytes);
  const settings: Settings = {
    port: read.whole('PORT', 8080, 0, 65_535),
    host: read.matching('HOST', '127.0.0.1', isHost, 'an IP address or a host name'),
    role: read.word('ROLE', 'all', ['all', 'api', 'worker']),
    databaseUrl: read.secret(
      'DATABASE_URL',
      isPostgresUrl,
      'a URL such as postgres://user:password@host:5432/database',
    ),
    databasePoolSize: read.whole('DATABASE_POOL_SIZE', 10, 4, 1000),
    databaseSilenceMs: read.whole('DATABASE_SILENCE_MS', 75_000, 1_000, DAY_MS),
    databaseWaitMs: read.whole('DATABASE_WAIT_MS', 60_000, 0, DAY_MS),
    dataDir: read.text('DATA_DIR') ?? '.data',
    storeMasterCsv: read.text('STORE_MASTER_CSV'),
    apiKeys: read.secrets('API_KEYS', isKey, 'keys of printable ASCII characters without spaces'),
    allowAnonymous: read.word('ALLOW_ANONYMOUS', 'false', ['true', 'false']) === 'true',
    allowedHosts: read.list(
      'ALLOWED_HOSTS',
      isHostPattern,
      'host names without ports, such as shelfline.example.com,*.svc.cluster.local',
    ),
    publicUrl: read.optional('PUBLIC_URL', isPublicUrl, 'a URL such as https://shelfline.example.com'),
    corsOrigins: read.list('CORS_ORIGINS', isOrigin, 'origins such as https://field.example.com'),
    trustProxy: read.list('TRUST_PROXY', isNetwork, 'CIDR blocks such as 10.0.0.0/8,127.0.0.1/32'),
    rateLimitPerMinute: read.whole('RATE_LIMIT_PER_MINUTE', 600, 0, 1_000_000_000),
    maxBodyBytes,
    bodyMemoryBytes: read.limit('BODY_MEMORY_BYTES', {
      ...LIMITS.http.bodyMemoryBytes,
      default: Math.max(LIMITS.http.bodyMemoryBytes.default, maxBodyBytes),
    }),
    bodyGraceMs: read.limit('BODY_GRACE_MS', LIMITS.http.bodyGraceMs),
    bodyMinBytesPerSecond: read.limit('BODY_MIN_BYTES_PER_SECOND', LIMITS.http.bodyMinBytesPerSecond),
    bodyTimeoutMs: read.limit('BODY_TIMEOUT_MS', LIMITS.http.bodyTimeoutMs),
    maxSmallBodyBytes: read.limit('MAX_SMALL_BODY_BYTES', LIMITS.http.maxSmallBodyBytes),
    maxStreamBytes: read.limit('MAX_STREAM_BYTES', LIMITS.http.maxStreamBytes),
    maxImportBytes: read.limit('MAX_IMPORT_BYTES', LIMITS.http.maxImportBytes),
    maxRejectedRows: read.limit('MAX_REJECTED_ROWS', LIMITS.http.maxRejectedRows),
    importStallMs: read.limit('IMPORT_STALL_MS', LIMITS.http.importStallMs),
    documentThreads: read.limit('DOCUMENT_THREADS', LIMITS.http.documentThreads),
    documentTimeoutMs: read.limit('DOCUMENT_TIMEOUT_MS', LIMITS.http.documentTimeoutMs),
    answerStallMs: read.limit('ANSWER_STALL_MS', LIMITS.http.answerStallMs),
    answerMemoryBytes: read.limit('ANSWER_MEMORY_BYTES', LIMITS.http.answerMemoryBytes),
    maxPipelinedRequests: read.limit('MAX_PIPELINED_REQUESTS', LIMITS.http.maxPipelinedRequests),
    maxStreams: read.limit('MAX_STREAMS', LIMITS.http.maxStreams),
    maxImagesPerJob: read.limit('MAX_IMAGES_PER_JOB', LIMITS.jobs.maxImages),
    eventStreamsMax: read.limit('EVENT_STREAMS_MAX', LIMITS.http.maxEventStreams),
    eventHeartbeatMs: read.limit('EVENT_HEARTBEAT_MS', LIMITS.http.eventHeartbeatMs),
    imageConcurrency: read.limit('IMAGE_CONCURRENCY', LIMITS.images.concurrency),
    imageHostConcurrency: read.limit('IMAGE_HOST_CONCURRENCY', LIMITS.images.hostConcurrency),
    imageTimeoutMs: read.limit('IMAGE_TIMEOUT_MS', LIMITS.images.timeoutMs),
    imageMaxBytes: read.limit('IMAGE_MAX_BYTES', LIMITS.images.maxBytes),
    imageMemoryBytes: read.limit('IMAGE_MEMORY_BYTES', LIMITS.images.memoryBytes),
    imageUserAgent: read.matching(
      'IMAGE_USER_AGENT',
      `shelfline/${version}`,
      isHeaderValue,
      'printable ASCII characters',
    ),
    imageMaxAttempts: read.limit('IMAGE_MAX_ATTEMPTS', LIMITS.images.maxAttempts),
    imageRetryBaseMs: read.limit('IMAGE_RETRY_BASE_MS', LIMITS.images.retryBaseMs),
    imageHostPatienceMs: read.limit('IMAGE_HOST_PATIENCE_MS', LIMITS.images.hostPatienceMs),
    imageExif: read.word('IMAGE_EXIF', 'true', ['true', 'false']) === 'true',
    imageExifTimeZone: read.optional(
      'IMAGE_EXIF_TIME_ZONE',
      isTimeZone,
      'the name of a time zone of the IANA database, such as Asia/Kolkata',
    ),
    processingDelayMs: read.span('PROCESSING_DELAY_MS', 60_000),
    imageAllowedNetworks: read.list(
      'IMAGE_ALLOWED_NETWORKS',
      isNetwork,
      'CIDR blocks such as 127.0.0.0/8,10.2.0.0/16',
    ),
    imageAllowedHosts: read.list(
      'IMAGE_ALLOWED_HOSTS',
      isHostPattern,
      'host names such as photos.example.com,*.example.com',
    ),
    imageAllowedPorts: read.list('IMAGE_ALLOWED_PORTS', isPort, 'ports such as 80,443'),
    imageSourcesFile: read.text('IMAGE_SOURCES_FILE'),
    webhookSecrets: read.secrets(
      'WEBHOOK_SECRET',
      isWebhookSecret,
      `secrets as Standard Webhooks writes them: whsec_ and ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes in base64`,
    ),
    webhookTimeoutMs: read.limit('WEBHOOK_TIMEOUT_MS', LIMITS.callbacks.timeoutMs),
    webhookMaxAttempts: read.limit('WEBHOOK_MAX_ATTEMPTS', LIMITS.callbacks.maxAttempts),
    webhookRetryBaseMs: read.limit('WEBHOOK_RETRY_BASE_MS', LIMITS.callbacks.retryBaseMs),
    jobRetentionDays: read.limit('JOB_RETENTION_DAYS', LIMITS.jobs.retentionDays),
    shutdownGraceMs: read.limit('SHUTDOWN_GRACE_MS', LIMITS.queue.shutdownGraceMs),
    shutdownDelayMs: read.whole('SHUTDOWN_DELAY_MS', 0, 0, DAY_MS),
    logLevel: read.word('LOG_LEVEL', 'info', LOG_LEVELS),
  };
  if (settings.imageMemoryBytes < settings.imageMaxBytes) {
    throw new SettingError(
      'IMAGE_MEMORY_BYTES',
      String(settings.imageMemoryBytes),
      `at least IMAGE_MAX_BYTES, which is ${settings.imageMaxBytes}`,
    );
  }
  if (settings.bodyMemoryBytes < settings.maxBodyBytes) {
    throw new SettingError(
      'BODY_MEMORY_BYTES',
      String(settings.bodyMemoryBytes),
      `at least MAX_BODY_BYTES, which is ${settings.maxBodyBytes}`,
    );
  }
  if (settings.apiKeys.length === 0 && !settings.allowAnonymous && !isLoopback(settings.host)) {
    throw new SettingError(
      'HOST',
      settings.host,
      'a loopback address unless callers are known: set API_KEYS=<key>, or ALLOW_ANONYMOUS=true to let anybody in',
    );
  }
  return settings;
}

/** Whether only this machine can reach a server that listens on this host. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback';
}

class Reader {
  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  whole(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new SettingError(name, value, `a whole number from ${min} to ${max}`);
  }

  limit(name: string, { default: fallback, min, max }: Limit): number {
    return this.whole(name, fallback, min, max);
  }

  /** A number, or two with a hyphen between them; 0 unless set. */
  span(name: string, max: number): Delay {
    const value = this.text(name) ?? '0';
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(value);
    const span = { min: Number(match?.[1]), max: Number(match?.[2] ?? match?.[1]) };
    if (span.min <= span.max && span.max <= max) return span;
    throw new SettingError(name, value, `a whole number from 0 to ${max}, or two as in 100-400`);
  }

  word<W extends string>(name: string, fallback: W, words: readonly W[]): W {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new SettingError(name, value, `one of ${words.join(', ')}`);
    return word;
  }

  matching(name: string, fallback: string, matches: (value: string) => boolean, takes: string): string {
    const value = this.text(name) ?? fallback;
    if (!matches(value)) throw new SettingError(name, value, takes);
    return value;
  }

  optional(name: string, matches: (value: string) => boolean, takes: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !matches(value)) throw new SettingError(name, value, takes);
    return value;
  }

  /** A value that an error must not repeat. */
  secret(name: string, matches: (value: string) => boolean, takes: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !matches(value)) throw new SettingError(name, NOT_SHOWN, takes);
    return value;
  }

  list(name: string, matches: (value: string) => boolean, takes: string): string[] {
    const value = this.text(name);
    if (value === undefined) return [];
    const items = value.split(',').map((item) => item.trim());
    if (!items.every(matches)) throw new SettingError(name, value, `a comma-separated list of ${takes}`);
    return items;
  }

  /** A list of values that an error must not repeat. */
  secrets(name: string, matches: (value: string) => boolean, takes: string): string[] {
    const secrets = (this.text(name) ?? '').split(',').map((secret) => secret.trim());
    if (secrets.length === 1 && secrets[0] === '') return [];
    if (secrets.every(matches)) return secrets;
    throw new SettingError(name, NOT_SHOWN, `a comma-separated list of ${takes}`);
  }
}

function isKey(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}

function isHost(value: string): boolean {
  return isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value);
}

function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);
}

function isHeaderValue(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value);
}

function isNetwork(value: string): boolean {
  return parseBlock(value) !== undefined;
}

/** Where people reach the server: no user info, query or fragment is part of that. */
function isPublicUrl(value: string): boolean {
  const url = /^https?:\/\//.test(value) ? URL.parse(value) : null;
  return url !== null && url.username + url.password + url.search + url.hash === '';
}

/** As browsers send it: scheme, host and port in lower case, and nothing behind them. */
function isOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.parse(value)?.origin === value;
}

import { isTimeZone } from '../http/input/time-zone.js';
import { fromEnvironment, SettingError } from '../options/environment-source.js';
import { type Environment, refuseMisspelled } from '../options/misspelled-settings.js';
import {
  FLAG,
  list,
  option,
  optional,
  type OptionTable,
  secret,
  text,
  whole,
  word,
} from '../options/option.js';
import { type OptionSource, readOptions } from '../options/read-options.js';
import { DAY_MS } from '../options/units.js';
import { isHostPattern } from '../outbound/host-names.js';
import { isBlock } from '../outbound/ip-address.js';
import { GROUPS, ROLE_TABLE } from '../room-options.js';
import { FLAG_CODES } from '../images/flags/flag-codes.js';
import { FLAG_LIST } from '../images/flags/flags.options.js';
import { API_KEY_LIST } from './http/api-key-setting.js';
import { isHost, isLoopback, isOrigin, isPostgresUrl, isPublicUrl } from './setting-forms.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const PATH = text(() => true, 'a path');

/** All settings in the sections of the README: those of the module, and those of the standalone service. */
// prettier-ignore
export const SECTIONS = {
  Server: {
    port: option('PORT', 8080, whole(0, 65_535), 'Port to listen on; `0` chooses a free one.'),
    host: option('HOST', '127.0.0.1', text(isHost, 'an IP address or a host name'), 'Address to listen on.'),
    ...ROLE_TABLE,
    logLevel: option('LOG_LEVEL', 'info', word(LOG_LEVELS), '`fatal`, `error`, `warn`, `info`, `debug` or `trace`. The log is JSON lines, or readable text on a terminal.'),
    ...GROUPS.queue,
    shutdownDelayMs: option('SHUTDOWN_DELAY_MS', 0, whole(0, DAY_MS), 'How long a stopping process still accepts connections although it is not ready, in milliseconds.'),
  },
  Database: {
    url: option('DATABASE_URL', undefined, optional(secret(text(isPostgresUrl, 'a URL such as postgres://user:password@host:5432/database'))), 'URL of a PostgreSQL, 15 or newer. Without it an embedded one is started.'),
    poolSize: option('DATABASE_POOL_SIZE', 10, whole(4, 1_000), 'Connections of the process, those of the queue included.'),
    waitMs: option('DATABASE_WAIT_MS', 60_000, whole(0, DAY_MS), 'How long a start waits for the database, in milliseconds.'),
    silenceMs: option('DATABASE_SILENCE_MS', 75_000, whole(1_000, DAY_MS), 'A connection without an answer for this long counts as broken, in milliseconds. A statement may take 60 s.'),
    dataDir: option('DATA_DIR', '.data', PATH, 'Folder of the files of the embedded database.'),
    storeMasterCsv: option('STORE_MASTER_CSV', undefined, optional(PATH), 'CSV file of stores, which is loaded at the start if there are no stores. Without it the sample is loaded.'),
  },
  Callers: {
    apiKeys: option('API_KEYS', [], secret(API_KEY_LIST), 'Comma-separated keys, each as `<key>` or `<name>:<scopes>:<key>` ([keys](docs/security.md#keys)). With any, `/api` and `/metrics` need `Authorization: Bearer <key>` or `X-API-Key: <key>`.'),
    allowAnonymous: option('ALLOW_ANONYMOUS', false, FLAG, 'Without keys, only a loopback `HOST` is allowed unless this is `true`.'),
    corsOrigins: option('CORS_ORIGINS', [], list(isOrigin, 'origins such as https://field.example.com'), 'Origins of pages that browsers may call from, such as `https://field.example.com`.'),
    publicUrl: option('PUBLIC_URL', undefined, optional(text(isPublicUrl, 'a URL such as https://shelfline.example.com')), 'URL at which people reach the server.'),
    allowedHosts: option('ALLOWED_HOSTS', [], list(isHostPattern, 'host names without ports, such as shelfline.example.com,*.svc.cluster.local'), 'Further names that the server is reached by. Without keys, requests to any other name with a dot in it are refused.'),
    rateLimitPerMinute: option('RATE_LIMIT_PER_MINUTE', 600, whole(0, 1_000_000_000), 'Requests to `/api` and `/metrics` of one key, or address, in each process, and as many to `/docs` and `/openapi.json`; `0` is off.'),
    trustProxy: option('TRUST_PROXY', [], list(isBlock, 'CIDR blocks such as 10.0.0.0/8,127.0.0.1/32'), 'CIDR blocks of proxies whose `X-Forwarded-For` is trusted.'),
  },
  'Requests and answers': GROUPS.http,
  Jobs: GROUPS.jobs,
  Images: {
    ...GROUPS.images,
    flags: option('PHOTO_FLAGS', FLAG_CODES, FLAG_LIST, 'Flags that images get, as a comma-separated list of codes, or `none` ([photo truth](docs/photo-truth.md)).'),
    sourcesFile: option('IMAGE_SOURCES_FILE', undefined, optional(PATH), 'JSON file with credentials and limits of private hosts and buckets ([sources](docs/sources.md)).'),
    exif: option('IMAGE_EXIF', true, FLAG, 'Whether capture time, camera and place are read out of the EXIF of photos ([analyzers](docs/analyzers.md)).'),
    exifTimeZone: option('IMAGE_EXIF_TIME_ZONE', undefined, optional(text(isTimeZone, 'the name of a time zone of the IANA database, such as Asia/Kolkata')), 'IANA name of the time zone of capture times without an offset, such as `Asia/Kolkata`.'),
  },
  Callbacks: GROUPS.callbacks,
};

const TABLES: readonly OptionTable[] = Object.values(SECTIONS);
/** The names of all settings. */
export const VARIABLES = TABLES.flatMap((table) =>
  Object.values(table).flatMap(({ variable }) => variable ?? []),
);

type AnyTable = (typeof SECTIONS)[keyof typeof SECTIONS];
type OptionOf<Table> = Table extends unknown ? Table[keyof Table] : never;
type Camel<Name> = Name extends `${infer First}_${infer Next}${infer Rest}`
  ? `${Lowercase<First>}${Uppercase<Next>}${Camel<Rest>}`
  : Lowercase<Name & string>;

/** The checked settings of the standalone service. Their names are those of the variables: `IMAGE_EXIF` is `imageExif`. */
export type Settings = {
  readonly [
    Each in OptionOf<AnyTable> as Each['variable'] extends 'WEBHOOK_SECRET'
      ? 'webhookSecrets'
      : Camel<Each['variable']>
  ]: Each['default'];
};

/**
 * Reads the settings from environment variables. An empty variable counts as not set.
 *
 * @param version the version in the default user agent
 * @throws SettingError for the first invalid variable, UnknownSettingError for a misspelled name
 */
export function readEnvironment(environment: Environment, version: string): Settings {
  refuseMisspelled(environment, VARIABLES);
  const { IMAGE_USER_AGENT: userAgent = '' } = environment;
  const IMAGE_USER_AGENT = userAgent.trim() === '' ? `shelfline/${version}` : userAgent;
  const settings = readSections(fromEnvironment({ ...environment, IMAGE_USER_AGENT }));
  if (settings.apiKeys.length === 0 && !settings.allowAnonymous && !isLoopback(settings.host)) {
    throw new SettingError(
      'HOST',
      settings.host,
      'a loopback address unless callers are known: set API_KEYS=<key>, or ALLOW_ANONYMOUS=true to let anybody in',
    );
  }
  return settings;
}

/** Converts the name of a variable to that of its setting. */
export function toSettingName(variable: string): string {
  if (variable === 'WEBHOOK_SECRET') return 'webhookSecrets';
  return variable.toLowerCase().replaceAll(/_(.)/g, (_, next: string) => next.toUpperCase());
}

function readSections(source: OptionSource): Settings;
function readSections(source: OptionSource): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const table of TABLES)
    for (const [name, value] of Object.entries(readOptions(table, source))) {
      const variable = table[name]?.variable;
      if (variable !== undefined) settings[toSettingName(variable)] = value;
    }
  return settings;
}

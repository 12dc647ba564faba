import { describe, expect, it } from '@jest/globals';
import { FLAG_CODES } from '../images/flags/flag-codes.js';
import { SettingError } from '../options/environment-source.js';
import { UnknownSettingError } from '../options/misspelled-settings.js';
import { readEnvironment, type Settings, VARIABLES } from './environment.js';
import { isLoopback } from './setting-forms.js';

type Environment = Record<string, string>;

const read = (environment: Environment): Settings => readEnvironment(environment, '1.2.3');

/** What the start stops with. */
function refusal(environment: Environment): string {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof SettingError || error instanceof UnknownSettingError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the settings', () => {
  it('have the defaults of the contract', () => {
    expect(read({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      role: 'all',
      databaseUrl: undefined,
      databasePoolSize: 10,
      databaseSilenceMs: 75_000,
      databaseWaitMs: 60_000,
      dataDir: '.data',
      storeMasterCsv: undefined,
      apiKeys: [],
      allowAnonymous: false,
      corsOrigins: [],
      console: true,
      allowedHosts: [],
      publicUrl: undefined,
      trustProxy: [],
      rateLimitPerMinute: 600,
      maxBodyBytes: 33_554_432,
      bodyMemoryBytes: 67_108_864,
      bodyGraceMs: 20_000,
      bodyMinBytesPerSecond: 1_024,
      bodyTimeoutMs: 900_000,
      maxSmallBodyBytes: 16_384,
      maxStreamBytes: 1_073_741_824,
      maxImportBytes: 134_217_728,
      maxRejectedRows: 10_000,
      importStallMs: 10_000,
      documentThreads: 2,
      documentTimeoutMs: 10_000,
      answerStallMs: 60_000,
      answerMemoryBytes: 134_217_728,
      maxPipelinedRequests: 16,
      maxStreams: 32,
      maxImagesPerJob: 1_000_000,
      eventStreamsMax: 1_000,
      eventHeartbeatMs: 15_000,
      imageConcurrency: 256,
      imageHostConcurrency: 128,
      imageTimeoutMs: 10_000,
      imageMaxBytes: 26_214_400,
      imageMemoryBytes: 134_217_728,
      imageUserAgent: 'shelfline/1.2.3',
      imageMaxAttempts: 4,
      imageHostPatienceMs: 120_000,
      imageRetryBaseMs: 1_000,
      photoFlags: FLAG_CODES,
      photoMaxDelayHours: 24,
      photoMaxDistanceMeters: 500,
      photoMinSide: 480,
      imageExif: true,
      imageExifTimeZone: undefined,
      imageAllowedNetworks: [],
      imageAllowedHosts: [],
      imageAllowedPorts: [],
      imageSourcesFile: undefined,
      webhookSecrets: [],
      webhookTimeoutMs: 10_000,
      webhookMaxAttempts: 12,
      webhookRetryBaseMs: 5_000,
      jobRetentionDays: 0,
      processingDelayMs: { min: 0, max: 0 },
      shutdownGraceMs: 15_000,
      shutdownDelayMs: 0,
      logLevel: 'info',
    });
  });

  it('treat an empty variable as not set, and ignore other variables', () => {
    const names = [
      'PORT',
      'HOST',
      'ROLE',
      'DATABASE_URL',
      'API_KEYS',
      'IMAGE_USER_AGENT',
      'IMAGE_ALLOWED_HOSTS',
    ];
    const blank = Object.fromEntries(names.map((name) => [name, ' ']));
    expect(
      read({
        ...blank,
        DATA_DIR: '',
        WEBHOOK_SECRET: '',
        CORS_ORIGINS: ' ',
        TRUST_PROXY: ' ',
        port: '1',
        PATH: '/bin',
      }),
    ).toEqual(read({}));
  });

  it.each<[string, string, Partial<Settings>]>([
    ['PORT', '0', { port: 0 }],
    ['PORT', ' 65535 ', { port: 65_535 }],
    ['HOST', '::1', { host: '::1' }],
    ['HOST', 'localhost', { host: 'localhost' }],
    ['ROLE', 'api', { role: 'api' }],
    ['ROLE', 'worker', { role: 'worker' }],
    ['DATABASE_URL', 'postgres://u:p@db:5432/x', { databaseUrl: 'postgres://u:p@db:5432/x' }],
    [
      'DATABASE_URL',
      'postgresql://db/x?sslmode=require',
      { databaseUrl: 'postgresql://db/x?sslmode=require' },
    ],
    ['DATABASE_POOL_SIZE', '4', { databasePoolSize: 4 }],
    ['DATABASE_SILENCE_MS', '90000', { databaseSilenceMs: 90_000 }],
    ['DATABASE_WAIT_MS', '0', { databaseWaitMs: 0 }],
    ['DATA_DIR', '/var/lib/shelfline', { dataDir: '/var/lib/shelfline' }],
    ['STORE_MASTER_CSV', 'stores.csv', { storeMasterCsv: 'stores.csv' }],
    ['IMAGE_SOURCES_FILE', 'sources.json', { imageSourcesFile: 'sources.json' }],
    ['ALLOW_ANONYMOUS', 'true', { allowAnonymous: true }],
    [
      'CORS_ORIGINS',
      'https://a.test, http://b.test:3000',
      { corsOrigins: ['https://a.test', 'http://b.test:3000'] },
    ],
    ['TRUST_PROXY', '10.0.0.0/8,::1/128', { trustProxy: ['10.0.0.0/8', '::1/128'] }],
    ['RATE_LIMIT_PER_MINUTE', '0', { rateLimitPerMinute: 0 }],
    ['MAX_BODY_BYTES', '1024', { maxBodyBytes: 1_024 }],
    ['MAX_BODY_BYTES', '100000000', { maxBodyBytes: 100_000_000, bodyMemoryBytes: 100_000_000 }],
    ['BODY_MEMORY_BYTES', '33554432', { bodyMemoryBytes: 33_554_432 }],
    ['BODY_GRACE_MS', '1', { bodyGraceMs: 1 }],
    ['BODY_MIN_BYTES_PER_SECOND', '1', { bodyMinBytesPerSecond: 1 }],
    ['BODY_TIMEOUT_MS', '1', { bodyTimeoutMs: 1 }],
    ['MAX_SMALL_BODY_BYTES', '1048576', { maxSmallBodyBytes: 1_048_576 }],
    ['MAX_STREAM_BYTES', '1024', { maxStreamBytes: 1_024 }],
    ['MAX_IMPORT_BYTES', '1024', { maxImportBytes: 1_024 }],
    ['MAX_REJECTED_ROWS', '0', { maxRejectedRows: 0 }],
    ['IMPORT_STALL_MS', '1', { importStallMs: 1 }],
    ['DOCUMENT_THREADS', '64', { documentThreads: 64 }],
    ['DOCUMENT_TIMEOUT_MS', '1', { documentTimeoutMs: 1 }],
    ['ANSWER_STALL_MS', '1', { answerStallMs: 1 }],
    ['ANSWER_MEMORY_BYTES', '1048576', { answerMemoryBytes: 1_048_576 }],
    ['MAX_PIPELINED_REQUESTS', '1', { maxPipelinedRequests: 1 }],
    ['ALLOWED_HOSTS', 'a.test, *.b.test', { allowedHosts: ['a.test', '*.b.test'] }],
    ['PUBLIC_URL', 'https://a.test:8443/photos', { publicUrl: 'https://a.test:8443/photos' }],
    ['IMAGE_ALLOWED_PORTS', '80, 443,65535', { imageAllowedPorts: ['80', '443', '65535'] }],
    ['MAX_STREAMS', '4', { maxStreams: 4 }],
    ['MAX_IMAGES_PER_JOB', '100000000', { maxImagesPerJob: 100_000_000 }],
    ['EVENT_STREAMS_MAX', '0', { eventStreamsMax: 0 }],
    ['EVENT_HEARTBEAT_MS', '1', { eventHeartbeatMs: 1 }],
    ['IMAGE_CONCURRENCY', '10000', { imageConcurrency: 10_000 }],
    ['IMAGE_HOST_CONCURRENCY', '1', { imageHostConcurrency: 1 }],
    ['IMAGE_TIMEOUT_MS', '86400000', { imageTimeoutMs: 86_400_000 }],
    ['IMAGE_MAX_BYTES', '1024', { imageMaxBytes: 1_024 }],
    ['IMAGE_MEMORY_BYTES', '26214400', { imageMemoryBytes: 26_214_400 }],
    ['IMAGE_MAX_BYTES', '200000000', { imageMaxBytes: 200_000_000, imageMemoryBytes: 200_000_000 }],
    ['IMAGE_USER_AGENT', 'photos (ops@a.test)', { imageUserAgent: 'photos (ops@a.test)' }],
    ['IMAGE_MAX_ATTEMPTS', '1', { imageMaxAttempts: 1 }],
    ['IMAGE_HOST_PATIENCE_MS', '0', { imageHostPatienceMs: 0 }],
    ['IMAGE_RETRY_BASE_MS', '1', { imageRetryBaseMs: 1 }],
    ['PHOTO_FLAGS', 'none', { photoFlags: [] }],
    ['PHOTO_FLAGS', 'too_small, same_file', { photoFlags: ['same_file', 'too_small'] }],
    ['PHOTO_MIN_SIDE', '600', { photoMinSide: 600 }],
    ['IMAGE_EXIF', 'false', { imageExif: false }],
    ['IMAGE_EXIF_TIME_ZONE', 'Asia/Kolkata', { imageExifTimeZone: 'Asia/Kolkata' }],
    [
      'IMAGE_ALLOWED_NETWORKS',
      '127.0.0.0/8, 10.2.0.0/16',
      { imageAllowedNetworks: ['127.0.0.0/8', '10.2.0.0/16'] },
    ],
    [
      'IMAGE_ALLOWED_NETWORKS',
      '::1/128,::ffff:10.0.0.0/104',
      { imageAllowedNetworks: ['::1/128', '::ffff:10.0.0.0/104'] },
    ],
    ['IMAGE_ALLOWED_HOSTS', 'a.test,*.b.test', { imageAllowedHosts: ['a.test', '*.b.test'] }],
    [
      'WEBHOOK_SECRET',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      {
        webhookSecrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
      },
    ],
    ['WEBHOOK_TIMEOUT_MS', '1', { webhookTimeoutMs: 1 }],
    ['WEBHOOK_MAX_ATTEMPTS', '100', { webhookMaxAttempts: 100 }],
    ['WEBHOOK_RETRY_BASE_MS', '1', { webhookRetryBaseMs: 1 }],
    ['PROCESSING_DELAY_MS', '100-400', { processingDelayMs: { min: 100, max: 400 } }],
    ['PROCESSING_DELAY_MS', '250', { processingDelayMs: { min: 250, max: 250 } }],
    ['JOB_RETENTION_DAYS', '90', { jobRetentionDays: 90 }],
    ['SHUTDOWN_GRACE_MS', '0', { shutdownGraceMs: 0 }],
    ['SHUTDOWN_DELAY_MS', '5000', { shutdownDelayMs: 5_000 }],
    ['LOG_LEVEL', 'trace', { logLevel: 'trace' }],
  ])('accept %s=%s', (name, value, expected) => {
    expect(read({ [name]: value })).toEqual({ ...read({}), ...expected });
  });

  it.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '80.0', 'a whole number from 0 to 65535'],
    ['PORT', '0x50', 'a whole number from 0 to 65535'],
    ['PORT', '1e3', 'a whole number from 0 to 65535'],
    ['PORT', 'http', 'a whole number from 0 to 65535'],
    ['HOST', 'http://a.test', 'an IP address or a host name'],
    ['HOST', 'a.test:80', 'an IP address or a host name'],
    ['ROLE', 'Worker', 'one of all, api, worker'],
    ['DATABASE_POOL_SIZE', '3', 'a whole number from 4 to 1000'],
    ['DATABASE_SILENCE_MS', '999', 'a whole number from 1000 to 86400000'],
    ['DATABASE_WAIT_MS', '86400001', 'a whole number from 0 to 86400000'],
    ['ALLOW_ANONYMOUS', 'yes', 'one of true, false'],
    ['ALLOW_ANONYMOUS', '1', 'one of true, false'],
    ['MAX_BODY_BYTES', '1023', 'a whole number from 1024 to 1073741824'],
    ['MAX_BODY_BYTES', '32MB', 'a whole number from 1024 to 1073741824'],
    ['BODY_MEMORY_BYTES', '33554431', 'at least MAX_BODY_BYTES, which is 33554432'],
    ['BODY_GRACE_MS', '0', 'a whole number from 1 to 86400000'],
    ['BODY_MIN_BYTES_PER_SECOND', '0', 'a whole number from 1 to 1073741824'],
    ['RATE_LIMIT_PER_MINUTE', '10/s', 'a whole number from 0 to 1000000000'],
    ['BODY_TIMEOUT_MS', '0', 'a whole number from 1 to 86400000'],
    ['MAX_SMALL_BODY_BYTES', '1048577', 'a whole number from 1024 to 1048576'],
    ['MAX_STREAM_BYTES', '1023', 'a whole number from 1024 to 1099511627776'],
    ['MAX_IMPORT_BYTES', '1023', 'a whole number from 1024 to 1099511627776'],
    ['MAX_REJECTED_ROWS', 'all', 'a whole number from 0 to 100000000'],
    ['IMPORT_STALL_MS', '0', 'a whole number from 1 to 86400000'],
    ['DOCUMENT_THREADS', '0', 'a whole number from 1 to 64'],
    ['DOCUMENT_TIMEOUT_MS', '0', 'a whole number from 1 to 86400000'],
    ['ANSWER_STALL_MS', '0', 'a whole number from 1 to 86400000'],
    ['ANSWER_MEMORY_BYTES', '1048575', 'a whole number from 1048576 to 1099511627776'],
    ['MAX_PIPELINED_REQUESTS', '0', 'a whole number from 1 to 10000'],
    ...['https://a.test', 'a.test:8080', '*'].map((host) => [
      'ALLOWED_HOSTS',
      host,
      'a comma-separated list of host names without ports, such as shelfline.example.com,*.svc.cluster.local',
    ]),
    ...['a.test', 'ftp://a.test', 'https://u:p@a.test', 'https://a.test/?x=1', 'https://a.test/#x'].map(
      (url) => ['PUBLIC_URL', url, 'a URL such as https://shelfline.example.com'],
    ),
    ...['0', '65536', '080', 'http', '80-90'].map((port) => [
      'IMAGE_ALLOWED_PORTS',
      port,
      'a comma-separated list of ports such as 80,443',
    ]),
    ['MAX_STREAMS', '0', 'a whole number from 1 to 100000'],
    ['MAX_IMAGES_PER_JOB', '0', 'a whole number from 1 to 100000000'],
    ['IMAGE_CONCURRENCY', '0', 'a whole number from 1 to 10000'],
    ['IMAGE_HOST_CONCURRENCY', '10001', 'a whole number from 1 to 10000'],
    ['IMAGE_TIMEOUT_MS', '0', 'a whole number from 1 to 86400000'],
    ['IMAGE_MAX_BYTES', '1000', 'a whole number from 1024 to 1073741824'],
    ['IMAGE_MEMORY_BYTES', '1048575', 'a whole number from 1048576 to 1099511627776'],
    ['IMAGE_MEMORY_BYTES', '26214399', 'at least IMAGE_MAX_BYTES, which is 26214400'],
    ['IMAGE_USER_AGENT', 'régal', 'printable ASCII characters'],
    ['IMAGE_MAX_ATTEMPTS', '101', 'a whole number from 1 to 100'],
    ['IMAGE_RETRY_BASE_MS', '0', 'a whole number from 1 to 86400000'],
    ['IMAGE_EXIF', 'yes', 'one of true, false'],
    ...['Mars/Olympus', '+02:00'].map((zone) => [
      'IMAGE_EXIF_TIME_ZONE',
      zone,
      'the name of a time zone of the IANA database, such as Asia/Kolkata',
    ]),
    ['WEBHOOK_TIMEOUT_MS', '0', 'a whole number from 1 to 86400000'],
    ['WEBHOOK_MAX_ATTEMPTS', '0', 'a whole number from 1 to 100'],
    ['WEBHOOK_RETRY_BASE_MS', '5s', 'a whole number from 1 to 86400000'],
    ['PROCESSING_DELAY_MS', '400-100', 'a whole number from 0 to 60000, or two as in 100-400'],
    ['PROCESSING_DELAY_MS', '1s', 'a whole number from 0 to 60000, or two as in 100-400'],
    ['JOB_RETENTION_DAYS', '-1', 'a whole number from 0 to 36500'],
    ['IMAGE_HOST_PATIENCE_MS', '-1', 'a whole number from 0 to 86400000'],
    ['SHUTDOWN_GRACE_MS', '15s', 'a whole number from 0 to 86400000'],
    ['SHUTDOWN_DELAY_MS', '-1', 'a whole number from 0 to 86400000'],
    ['LOG_LEVEL', 'verbose', 'one of fatal, error, warn, info, debug, trace'],
  ])('stop the start with one line for %s=%s', (name, value, takes) => {
    expect(refusal({ [name]: value })).toBe(`${name}=${value}: ${name} takes ${takes}`);
  });

  it.each([
    '10.0.0.0',
    '10/8',
    '10.0.0.0/33',
    '010.0.0.0/8',
    'localhost',
    '127.0.0.0/8,',
    '127.0.0.0/8;10.0.0.0/8',
  ])('accept CIDR blocks as networks, but not %s', (value) => {
    expect(refusal({ IMAGE_ALLOWED_NETWORKS: value })).toBe(
      `IMAGE_ALLOWED_NETWORKS=${value}: IMAGE_ALLOWED_NETWORKS takes a comma-separated list of CIDR blocks such as 127.0.0.0/8,10.2.0.0/16`,
    );
  });

  it.each([
    '*',
    'a.test',
    'https://a.test/',
    'HTTPS://A.TEST',
    'https://a.test:443',
    'ftp://a.test',
    'null',
    'https://*.a.test,',
  ])('accept origins as browsers send them, but not %s', (value) => {
    expect(refusal({ CORS_ORIGINS: value })).toBe(
      `CORS_ORIGINS=${value}: CORS_ORIGINS takes a comma-separated list of origins such as https://field.example.com`,
    );
  });

  it.each(['*', '*.', 'a.*.test', 'https://a.test', 'a.test:80', 'a.test,', '.a.test', 'a b.test'])(
    'accept names of hosts, but not %s',
    (value) => {
      expect(refusal({ IMAGE_ALLOWED_HOSTS: value })).toBe(
        `IMAGE_ALLOWED_HOSTS=${value}: IMAGE_ALLOWED_HOSTS takes a comma-separated list of host names such as photos.example.com,*.example.com`,
      );
    },
  );
});

describe('a secret', () => {
  it.each(['mysql://u:hunter2@db/x', 'hunter2', 'postgres:hunter2', 'postgres://u:hunter2@[db/x'])(
    'is not shown if it is an invalid DATABASE_URL: %s',
    (value) => {
      const said = refusal({ DATABASE_URL: value });
      expect(said).toMatch(/^DATABASE_URL=\(not shown\): DATABASE_URL takes a URL such as postgres:/);
      expect(said).not.toContain('hunter2');
    },
  );

  it.each(['hunter2,', ',hunter2', 'hunter2 twice', 'hünter2', 'hunter2,,hunter3', ','])(
    'is not shown if it is an invalid list of API_KEYS: %s',
    (value) => {
      const said = refusal({ API_KEYS: value });
      expect(said).toMatch(/^API_KEYS=\(not shown\): API_KEYS takes comma-separated keys/);
      expect(said).not.toMatch(/h.nter/);
    },
  );

  const bytes = (count: number): string => `whsec_${Buffer.alloc(count, 'hunter2').toString('base64')}`;
  it.each([
    'whsec_hunter2',
    'hunter2',
    bytes(23),
    bytes(65),
    bytes(32).slice('whsec_'.length),
    bytes(32).replace('=', ''),
    `${bytes(32)},`,
    `${bytes(24)} ${bytes(24)}`,
  ])('is not shown if it is an invalid WEBHOOK_SECRET: %s', (value) => {
    expect(refusal({ WEBHOOK_SECRET: value })).toBe(
      'WEBHOOK_SECRET=(not shown): WEBHOOK_SECRET takes a comma-separated list of secrets as Standard Webhooks writes ' +
        'them: whsec_ and 24 to 64 bytes in base64',
    );
    expect(read({ WEBHOOK_SECRET: `${bytes(24)},${bytes(64)}` }).webhookSecrets).toHaveLength(2);
  });
});

describe('a server that anybody could reach', () => {
  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'shelfline.example.com',
    '::ffff:10.0.0.1',
    '127.0.0.1.example.com',
  ])('does not start on %s without keys, unless a setting allows it', (host) => {
    expect(refusal({ HOST: host })).toMatch(
      `HOST=${host}: HOST takes a loopback address unless callers are known`,
    );
    expect(read({ HOST: host, API_KEYS: 'one' }).host).toBe(host);
    expect(read({ HOST: host, ALLOW_ANONYMOUS: 'true' }).host).toBe(host);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])('is none on %s', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(read({ HOST: host }).host).toBe(host);
  });
});

describe('a variable with a misspelled name', () => {
  it.each([
    ['IMAGE_CONCURENCY', 'IMAGE_CONCURRENCY'],
    ['IMAGES_CONCURRENCY', 'IMAGE_CONCURRENCY'],
    ['IMAGE_CONCURRENCYYY', 'IMAGE_CONCURRENCY'],
    ['IMAEG_TIMEOUT_MS', 'IMAGE_TIMEOUT_MS'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    // Within two edits of WEBHOOK_MAX_ATTEMPTS too, but nearer to this one's name.
    ['IMAGE_MAX_ATEMPTS', 'IMAGE_MAX_ATTEMPTS'],
  ])('stops the start with one line that has the nearest name: %s', (name, nearest) => {
    expect(refusal({ [name]: '5' })).toBe(
      `${name} is not a setting. Did you mean ${nearest}? Rename the variable, or unset it.`,
    );
  });

  it('is refused whichever setting it is of, unless it is shorter than 8 characters', () => {
    const long = VARIABLES.filter((name) => name.length >= 7);
    expect(long.length).toBeGreaterThan(50);
    for (const name of long) expect(refusal({ [`${name}_`]: '5' })).toContain(`Did you mean ${name}?`);
    expect(refusal({ API_KEY: 'one', ROLES: 'api', PORTS: '80', DATADIR: '/data' })).toBe('accepted');
  });

  it('is reported before the errors that it may cause', () => {
    expect(refusal({ HOST: '0.0.0.0', ALLOW_ANONIMOUS: 'true' })).toContain('Did you mean ALLOW_ANONYMOUS?');
  });

  it('is shown without its value, and in one line', () => {
    expect(refusal({ WEBHOOK_SECRETS: 'whsec_hunter2' })).not.toContain('hunter2');
    expect(refusal({ 'LOG\nLEVEL': 'info' })).toMatch(
      /^LOG LEVEL is not a setting\. Did you mean LOG_LEVEL\?/,
    );
  });

  it('counts as not set while it is blank', () => {
    expect(refusal({ IMAGE_CONCURENCY: ' ' })).toBe('accepted');
  });

  it('is not suggested if the difference is larger, or in the case of letters', () => {
    expect(refusal({ IMAGE_CONCURRENCY_MAX: '5', log_level: 'info', MY_LOG_LEVEL: 'info' })).toBe('accepted');
  });

  it('is not found among the usual variables of other programs', () => {
    const others =
      'PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSSLMODE PGSERVICE PGAPPNAME PGOPTIONS PGPASSFILE POSTGRES_USER ' +
      'POSTGRES_PASSWORD POSTGRES_DB NODE_ENV NODE_OPTIONS NODE_PATH UV_THREADPOOL_SIZE MALLOC_ARENA_MAX NO_COLOR FORCE_COLOR ' +
      'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY HOSTNAME HOSTTYPE USERNAME LOGNAME LANGUAGE LC_ALL TERM_PROGRAM COLORTERM ' +
      'SHELL PATH HOME OLDPWD SHLVL XDG_DATA_DIRS XDG_DATA_HOME XDG_CONFIG_DIRS SSH_AUTH_SOCK SSH_CONNECTION MAIL_DIR ' +
      'npm_config_loglevel npm_config_host npm_config_user_agent npm_package_name npm_lifecycle_event INIT_CWD ' +
      'KUBERNETES_SERVICE_HOST KUBERNETES_PORT API_SERVICE_HOST API_PORT WORKER_PORT POSTGRES_PORT SHELFLINE_PORT ' +
      'AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN GITHUB_TOKEN GITHUB_ACTIONS CI_JOB_ID ' +
      'COMMIT PUBLISH DOCKER_HOST COMPOSE_PROJECT_NAME INVOCATION_ID JOURNAL_STREAM LISTEN_FDS NOTIFY_SOCKET DYNO WEB_CONCURRENCY';
    expect(refusal(Object.fromEntries(others.split(' ').map((name) => [name, '5'])))).toBe('accepted');
  });
});

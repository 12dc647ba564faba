import { DATABASE_TABLE } from './database/database.options.js';
import { EVENTS_TABLE } from './events/events.options.js';
import { WEBHOOKS_TABLE } from './webhooks/webhooks.options.js';
import { HTTP_TABLE, toHttpOptions } from './http/http.options.js';
import { ANALYSIS_TABLE } from './images/analysis/analysis.options.js';
import { FETCHING_TABLE } from './images/fetching/fetching.options.js';
import { FLAGS_TABLE, MODULE_FLAGS_TABLE } from './images/flags/flags.options.js';
import { JOBS_TABLE } from './jobs/jobs.options.js';
import { expectNames, fromModule, isObject, StoreVisitsOptionsError } from './options/module-source.js';
import { option, type OptionTable, type Values, word } from './options/option.js';
import { readOptions } from './options/read-options.js';
import { OUTBOUND_TABLE } from './outbound/outbound.options.js';
import { PROCESSING_TABLE } from './processing/processing.options.js';
import { QUEUE_TABLE } from './queue/queue.options.js';
import type { Role, StoreVisitsOptions } from './store-visits.options.js';

/** The option tables of the module, by their group in the options. */
export const GROUPS = {
  database: DATABASE_TABLE,
  http: { ...HTTP_TABLE, ...EVENTS_TABLE },
  jobs: JOBS_TABLE,
  images: {
    ...FETCHING_TABLE,
    ...PROCESSING_TABLE,
    ...OUTBOUND_TABLE,
    ...MODULE_FLAGS_TABLE,
    ...FLAGS_TABLE,
  },
  analysis: ANALYSIS_TABLE,
  callbacks: WEBHOOKS_TABLE,
  queue: QUEUE_TABLE,
};

// prettier-ignore
export const ROLE_TABLE = {
  role: option('ROLE', 'all', word<Role>(['all', 'api', 'worker']), '`all`, `api` (no processing) or `worker` (health and metrics, no API).'),
};

/** The checked options of each room, with their defaults. */
export type RoomOptions = ReturnType<typeof toRoomOptions>;

/** @throws StoreVisitsOptionsError if it is not an object, or has an unknown option */
export function expectOptions(options: StoreVisitsOptions): void {
  expectNames('useFactory', options, [...Object.keys(GROUPS), 'role', 'observer']);
  const { observer } = options;
  if (observer !== undefined && !isObject(observer))
    throw new StoreVisitsOptionsError('observer', 'an object with the methods of a StoreVisitsObserver');
}

/**
 * Checks the options of a host platform, adds the defaults, and splits them by room.
 *
 * @throws StoreVisitsOptionsError for the first invalid option
 */
export function toRoomOptions(options: StoreVisitsOptions) {
  const read = <Table extends OptionTable>(group: keyof typeof GROUPS, table: Table): Values<Table> =>
    readOptions(table, fromModule(group, table, options[group]));
  const role = ROLE_TABLE.role.check(options.role ?? ROLE_TABLE.role.default, (takes) => {
    throw new StoreVisitsOptionsError('role', takes);
  });
  const database = read('database', GROUPS.database);
  if (database.schema === database.queueSchema)
    throw new StoreVisitsOptionsError('database.queueSchema', 'another schema than database.schema');
  const http = read('http', GROUPS.http);
  const jobs = read('jobs', GROUPS.jobs);
  const images = read('images', GROUPS.images);
  const callbacks = read('callbacks', GROUPS.callbacks);
  const observer = options.observer === undefined ? {} : { observer: options.observer };
  return {
    role,
    database,
    queue: { ...read('queue', GROUPS.queue), schema: database.queueSchema },
    http: toHttpOptions(http),
    events: http,
    jobs: { ...jobs, ...observer },
    outbound: { ...images, allowedPorts: images.allowedPorts.map(Number) },
    fetching: { ...images, ...observer },
    flags: images,
    analysis: read('analysis', GROUPS.analysis),
    webhooks: { ...callbacks, userAgent: images.userAgent, ...observer },
    processing: { ...images, ...observer },
  };
}

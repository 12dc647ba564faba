import { StoreVisitsOptionsError } from './room-options.js';
import { LIMITS } from './store-visits.limits.js';
import type { StoreVisitsOptions } from './store-visits.options.js';

/** The names of each group of options. */
const GROUPS = {
  database: ['schema', 'queueSchema'],
  http: Object.keys(LIMITS.http),
  jobs: Object.keys(LIMITS.jobs),
  images: [
    ...Object.keys(LIMITS.images),
    'allowedHosts',
    'allowedNetworks',
    'allowedPorts',
    'sources',
    'userAgent',
    'delayMs',
  ],
  analysis: Object.keys(LIMITS.analysis),
  callbacks: [...Object.keys(LIMITS.callbacks), 'secrets'],
  queue: Object.keys(LIMITS.queue),
} satisfies Partial<Record<keyof StoreVisitsOptions, string[]>>;

/** What stands beside `useFactory`, where somebody may look for it among the options. */
const BESIDE = new Set(['dataSource', 'controllers', 'analyzers', 'imports', 'inject']);

/**
 * A name that is written wrong would leave its default in force, as that images may come from anywhere, and TypeScript looks
 * at no name of what a factory returns.
 *
 * @throws StoreVisitsOptionsError for what is no object, and for a name that is of no option
 */
export function refuseUnknown(options: StoreVisitsOptions): void {
  refuseNames('useFactory', options, [...Object.keys(GROUPS), 'role', 'observer']);
  for (const [group, names] of Object.entries(GROUPS)) {
    const given = getValue(options, group);
    if (given !== undefined) refuseNames(group, given, names);
  }
  const { observer } = options;
  if (observer !== undefined && !isObject(observer))
    throw new StoreVisitsOptionsError('observer', 'an object with the methods of a StoreVisitsObserver');
}

function refuseNames(option: string, given: unknown, names: readonly string[]): void {
  if (!isObject(given)) throw new StoreVisitsOptionsError(option, `an object with ${names.join(', ')}`);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new StoreVisitsOptionsError(
    option,
    BESIDE.has(unknown)
      ? `no ${unknown}: that stands beside useFactory`
      : `no ${unknown}, only ${names.join(', ')}`,
  );
}

function getValue(options: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(options, name)?.value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

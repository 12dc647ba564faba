import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { DATABASE_OPTIONS } from './database/database.options.js';
import { INSTANCE_NAME } from './events/domain-events.js';
import { EVENTS_OPTIONS } from './events/events.options.js';
import { WEBHOOKS_OPTIONS } from './webhooks/webhooks.options.js';
import { HTTP_OPTIONS } from './http/http.options.js';
import { ANALYSIS_OPTIONS } from './images/analysis/analysis.options.js';
import { FETCHING_OPTIONS } from './images/fetching/fetching.options.js';
import { FLAGS_OPTIONS } from './images/flags/flags.options.js';
import { JOBS_OPTIONS } from './jobs/jobs.options.js';
import { HostRule } from './outbound/host-rule.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound/outbound.options.js';
import { parseSources } from './outbound/sources/parse-sources.js';
import { SourceError } from './outbound/sources/source-error.js';
import { PROCESSING_OPTIONS } from './processing/processing.options.js';
import { StoreVisitsOptionsError } from './options/module-source.js';
import { QUEUE_OPTIONS } from './queue/queue.options.js';
import { expectOptions, type RoomOptions, toRoomOptions } from './room-options.js';
import type { StoreVisitsOptions } from './store-visits.options.js';
import {
  type StoreVisitsAsyncSetup,
  type StoreVisitsSetup,
  toInstanceName,
  toMount,
  toOptionsProviders,
} from './store-visits.setup.js';

const ROOM_OPTIONS = Symbol('ROOM_OPTIONS');
/** Provides the role of the process. */
export const ROLE = Symbol('ROLE');

@Module({})
class OptionsModule {}

/** Provides each room with its part of the options, once they are read. */
export function toOptionsModule(setup: StoreVisitsAsyncSetup): DynamicModule {
  const parts = [
    part(ROLE, 'role'),
    part(DATABASE_OPTIONS, 'database'),
    part(QUEUE_OPTIONS, 'queue'),
    part(HTTP_OPTIONS, 'http'),
    part(EVENTS_OPTIONS, 'events'),
    part(JOBS_OPTIONS, 'jobs'),
    part(OUTBOUND_OPTIONS, 'outbound'),
    part(FLAGS_OPTIONS, 'flags'),
    part(ANALYSIS_OPTIONS, 'analysis'),
    part(FETCHING_OPTIONS, 'fetching'),
    part(WEBHOOKS_OPTIONS, 'webhooks'),
    part(PROCESSING_OPTIONS, 'processing'),
  ];
  const made = toOptionsProviders(ROOM_OPTIONS, setup, async (given) => {
    const options = completed(given, setup);
    await checkSources(options.outbound);
    return options;
  });
  const instance = { provide: INSTANCE_NAME, useValue: toInstanceName(setup) };
  return {
    module: OptionsModule,
    imports: setup.imports ?? [],
    providers: [...made, instance, ...parts],
    exports: [INSTANCE_NAME, ...parts.map(({ provide }) => provide)],
  };
}

function completed(options: StoreVisitsOptions, setup: StoreVisitsSetup): RoomOptions {
  expectOptions(options);
  const role = setup.role ?? options.role ?? 'all';
  if (options.role !== undefined && options.role !== role)
    throw new StoreVisitsOptionsError('role', `${role} here too: that is what stands beside useFactory`);
  if (role === 'worker' && toMount(setup) !== undefined)
    throw new StoreVisitsOptionsError(
      'role',
      "all or api where there are routes. Put role: 'worker' (or controllers: false) beside useFactory: routes are made before the options are known",
    );
  return toRoomOptions({ ...options, role });
}

/** Checks a list of sources. The result of a function is checked when it is called. */
async function checkSources(outbound: OutboundOptions): Promise<void> {
  const { sources = [] } = outbound;
  if (typeof sources === 'function') return;
  try {
    await parseSources(sources, new HostRule(outbound));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new StoreVisitsOptionsError('images.sources', `a list of sources: ${error.message}`);
  }
}

function part<K extends keyof RoomOptions>(
  provide: symbol,
  name: K,
): FactoryProvider<RoomOptions[K]> & { provide: symbol } {
  return { provide, inject: [ROOM_OPTIONS], useFactory: (options: RoomOptions) => options[name] };
}

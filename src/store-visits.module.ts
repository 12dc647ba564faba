import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { HttpModule } from './http/http.module.js';
import { HealthModule } from './health/health.module.js';
import { AnalysisModule } from './images/analysis/analysis.module.js';
import { AnalyzersModule } from './images/analysis/analyzers.module.js';
import { FetchingModule } from './images/fetching/fetching.module.js';
import { FlagsModule } from './images/flags/flags.module.js';
import { ImagesModule } from './images/images.module.js';
import { JobsHttpModule, JobsModule } from './jobs/jobs.module.js';
import { OutboundModule } from './outbound/outbound.module.js';
import { ProcessingModule } from './processing/processing.module.js';
import { StoreVisitsOptionsError } from './options/module-source.js';
import { QueueModule } from './queue/queue.module.js';
import type { StoreVisitsOptions } from './store-visits.options.js';
import { VisitsHttpModule, VisitsModule } from './visits/visits.module.js';
import { StoresHttpModule, StoresModule } from './stores/stores.module.js';
import { toOptionsModule } from './store-visits.options-module.js';
import { type StoreVisitsAsyncSetup, type StoreVisitsSetup, toMount } from './store-visits.setup.js';
import { toInstanceProviders } from './store-visits.instances.js';
import { Startup } from './store-visits.startup.js';

/**
 * Jobs, the store master, and the processing of images, on a DataSource of the application. The {@link migrations} have to run before the application
 * starts. The module has no global effect: the pipes, filters, prefix, interceptors, logger and shutdown hooks of the application do not change. Its
 * routes need Express.
 */
@Module({})
export class StoreVisitsModule {
  /** @throws StoreVisitsOptionsError for an invalid option, when the application starts */
  static forRoot(given: StoreVisitsOptions & StoreVisitsSetup = {}): DynamicModule {
    const { name, isGlobal, dataSource, controllers, analyzers, ...options } = given;
    const { role } = options;
    return this.forRootAsync({
      name,
      isGlobal,
      role,
      dataSource,
      controllers,
      analyzers,
      useFactory: () => options,
    });
  }

  /** @throws StoreVisitsOptionsError for an invalid option, when the application starts */
  static forRootAsync(setup: StoreVisitsAsyncSetup): DynamicModule {
    const options = toOptionsModule(setup);
    const database = DatabaseModule.on(setup.dataSource, options);
    const events = EventsModule.using(options);
    const queue = QueueModule.using(database, options);
    const outbound = OutboundModule.using(options);
    const stores = StoresModule.using(database);
    const flags = FlagsModule.using(database, options);
    const images = ImagesModule.using(database, flags);
    const { imports = [], analyzers: given = [] } = setup;
    if (!Array.isArray(given)) throw new StoreVisitsOptionsError('analyzers', 'a list of analyzers');
    const analyzers = AnalyzersModule.of(given, ...imports);
    const fetching = FetchingModule.using(outbound, analyzers, options);
    const analysis = AnalysisModule.using(fetching, analyzers, options);
    const webhooks = WebhooksModule.using(outbound, database, queue, options);
    const jobs = JobsModule.using(database, images, flags, queue, events, webhooks, outbound, options);
    const visits = VisitsModule.using(database, jobs, flags);
    const processingImports = [database, jobs, images, flags, fetching, analysis, events, queue, options];
    const named = toInstanceProviders(setup.name);
    const processing = ProcessingModule.using(...processingImports);
    const health = HealthModule.using(database, queue);
    const mount = toMount(setup);
    const http = mount && HttpModule.at(mount, options);
    const routes = http && [
      StoresHttpModule.at(mount, stores, http, ...imports),
      JobsHttpModule.at(mount, jobs, images, events, http, ...imports),
      VisitsHttpModule.at(mount, visits, http, ...imports),
    ];
    return {
      module: StoreVisitsModule,
      global: setup.isGlobal === true,
      imports: [
        options,
        database,
        queue,
        events,
        stores,
        images,
        jobs,
        visits,
        webhooks,
        health,
        fetching,
        processing,
        ...(routes ?? []),
      ],
      providers: [Startup, ...named],
      exports: [
        database,
        queue,
        stores,
        images,
        fetching,
        jobs,
        visits,
        health,
        ...named.map(({ provide }) => provide),
      ],
    };
  }
}

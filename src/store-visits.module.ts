import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Injectable,
  type InjectionToken,
  Module,
  type OnApplicationBootstrap,
  type OptionalFactoryDependency,
} from '@nestjs/common';
import { DatabaseModule } from './database/database.module.js';
import { EVENTS_OPTIONS } from './events/events.options.js';
import { EventsModule } from './events/events.module.js';
import { Callback } from './events/webhooks/callback.entity.js';
import { CALLBACK_QUEUE } from './events/webhooks/callback-task.js';
import { CallbackWorker } from './events/webhooks/callback.worker.js';
import { WebhooksModule } from './events/webhooks/webhooks.module.js';
import { WEBHOOKS_OPTIONS } from './events/webhooks/webhooks.options.js';
import { HTTP_OPTIONS } from './http/http.options.js';
import { HttpModule } from './http/http.module.js';
import { FETCHING_OPTIONS } from './images/fetching/fetching.options.js';
import { FetchingModule } from './images/fetching/fetching.module.js';
import { Image } from './images/image.entity.js';
import { ImagesModule } from './images/images.module.js';
import { BATCH_QUEUE } from './jobs/batches.js';
import { JobRow, JobStore } from './jobs/job.entity.js';
import { JobsHttpModule, JobsModule } from './jobs/jobs.module.js';
import { JOBS_OPTIONS } from './jobs/jobs.options.js';
import { Upload } from './jobs/streaming/upload.entity.js';
import { Visit } from './jobs/visit.entity.js';
import { OUTBOUND_OPTIONS } from './outbound/outbound.options.js';
import { OutboundModule } from './outbound/outbound.module.js';
import { SWEEP_QUEUE } from './jobs/sweeps.js';
import { DEAD_LETTER_QUEUE } from './processing/batch.js';
import { BatchWorker } from './processing/batch.worker.js';
import { PROCESSING_OPTIONS } from './processing/processing.options.js';
import { ProcessingModule } from './processing/processing.module.js';
import { Retention } from './processing/retention.js';
import { SweepWorker } from './processing/sweep.worker.js';
import { QUEUE_OPTIONS } from './queue/queue.options.js';
import { QueueModule } from './queue/queue.module.js';
import { QueueService } from './queue/queue.service.js';
import { type Role, STORE_VISITS_OPTIONS, type StoreVisitsOptions } from './store-visits.options.js';
import { Store } from './stores/store.entity.js';
import { StoresHttpModule, StoresModule } from './stores/stores.module.js';

/** The entities to add to the DataSource. */
export const entities = [Store, JobRow, JobStore, Upload, Visit, Image, Callback];

/** What the module graph depends on: which parts there are is known before any option is. */
export interface StoreVisitsSetup {
  readonly role: Role;
}

/** {@link StoreVisitsOptions}, made when the application starts. */
export interface StoreVisitsAsyncSetup extends StoreVisitsSetup {
  readonly imports?: DynamicModule[];
  readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
  readonly useFactory: FactoryProvider<StoreVisitsOptions>['useFactory'];
}

const ROLE = Symbol('ROLE');

/** Hands each room its part of the options. */
@Module({})
class OptionsModule {}

/** Starts the queue with the application, and the workers where the role has them. */
@Injectable()
class Startup implements OnApplicationBootstrap {
  constructor(
    @Inject(ROLE) private readonly role: Role,
    private readonly queue: QueueService,
    private readonly batches: BatchWorker,
    private readonly sweeps: SweepWorker,
    private readonly callbacks: CallbackWorker,
    private readonly retention: Retention,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.start();
    await this.queue.createQueue(BATCH_QUEUE);
    await this.queue.createQueue(SWEEP_QUEUE);
    await this.queue.createQueue(CALLBACK_QUEUE);
    await this.queue.createQueue(DEAD_LETTER_QUEUE);
    if (this.role === 'api') return;
    await this.batches.start();
    await this.sweeps.start();
    await this.callbacks.start();
    this.retention.start();
  }
}

/**
 * Store visits: jobs, the store master, and the processing of their images, on the DataSource of the application, which
 * has to hold {@link entities} and to have run the migrations before it starts.
 */
@Module({})
export class StoreVisitsModule {
  static forRoot(options: StoreVisitsOptions & StoreVisitsSetup): DynamicModule {
    return this.forRootAsync({ role: options.role, useFactory: () => options });
  }

  static forRootAsync(setup: StoreVisitsAsyncSetup): DynamicModule {
    const options = optionsModule(setup);
    const database = DatabaseModule.create();
    const http = HttpModule.using(options);
    const events = EventsModule.using(options);
    const queue = QueueModule.using(options);
    const outbound = OutboundModule.using(options);
    const stores = StoresModule.using(database);
    const images = ImagesModule.using(database);
    const fetching = FetchingModule.using(outbound, options);
    const webhooks = WebhooksModule.using(outbound, database, queue, options);
    const jobs = JobsModule.using(database, images, queue, webhooks, options);
    const processing = ProcessingModule.using(database, jobs, images, fetching, queue, options);
    const routes = [StoresHttpModule.using(stores, http), JobsHttpModule.using(jobs, images, events, http)];
    return {
      module: StoreVisitsModule,
      imports: [
        database,
        queue,
        events,
        stores,
        images,
        jobs,
        webhooks,
        fetching,
        processing,
        ...(setup.role === 'worker' ? [] : routes),
      ],
      providers: [{ provide: ROLE, useValue: setup.role }, Startup],
      exports: [database, queue, stores, images, fetching, jobs],
    };
  }
}

function optionsModule(setup: StoreVisitsAsyncSetup): DynamicModule {
  const parts = [
    part(QUEUE_OPTIONS, 'queue'),
    part(HTTP_OPTIONS, 'http'),
    part(EVENTS_OPTIONS, 'events'),
    part(JOBS_OPTIONS, 'jobs'),
    part(OUTBOUND_OPTIONS, 'outbound'),
    part(FETCHING_OPTIONS, 'fetching'),
    part(WEBHOOKS_OPTIONS, 'webhooks'),
    part(PROCESSING_OPTIONS, 'processing'),
  ];
  return {
    module: OptionsModule,
    imports: setup.imports ?? [],
    providers: [
      { provide: STORE_VISITS_OPTIONS, inject: setup.inject ?? [], useFactory: setup.useFactory },
      ...parts,
    ],
    exports: parts.map((provider) => provider.provide),
  };
}

function part<K extends keyof StoreVisitsOptions>(
  provide: symbol,
  name: K,
): FactoryProvider<StoreVisitsOptions[K]> {
  return {
    provide,
    inject: [STORE_VISITS_OPTIONS],
    useFactory: (options: StoreVisitsOptions) => options[name],
  };
}

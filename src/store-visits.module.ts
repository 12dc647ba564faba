import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from './database/database.js';
import { DatabaseModule } from './database/database.module.js';
import { DATABASE_OPTIONS } from './database/database.options.js';
import { missingColumns } from './database/missing-columns.js';
import { SCHEMA } from './database/schema.js';
import { isBehindTransactionPooler, TRANSACTION_POOLER } from './database/transaction-pooler.js';
import { EVENTS_OPTIONS } from './events/events.options.js';
import { EventsModule } from './events/events.module.js';
import { Callback } from './webhooks/callback.entity.js';
import { CALLBACK_QUEUE } from './webhooks/callback-task.js';
import { CallbackWorker } from './webhooks/callback.worker.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WEBHOOKS_OPTIONS } from './webhooks/webhooks.options.js';
import { API_PATH, type Mount } from './http/routes/api-controller.decorator.js';
import { HTTP_OPTIONS } from './http/http.options.js';
import { HttpModule } from './http/http.module.js';
import { AnalysisModule } from './images/analysis/analysis.module.js';
import { ANALYSIS_OPTIONS } from './images/analysis/analysis.options.js';
import { AnalyzersModule, type GivenAnalyzer } from './images/analysis/analyzers.module.js';
import { FETCHING_OPTIONS } from './images/fetching/fetching.options.js';
import { FetchingModule } from './images/fetching/fetching.module.js';
import { Image } from './images/image.entity.js';
import { ImagesModule } from './images/images.module.js';
import { BATCH_QUEUE } from './jobs/batches.js';
import { JobRow, JobStore } from './jobs/job.entity.js';
import { JobsHttpModule, JobsModule } from './jobs/jobs.module.js';
import { JOBS_OPTIONS } from './jobs/jobs.options.js';
import { Upload } from './jobs/submission/upload.entity.js';
import { Visit } from './jobs/visit.entity.js';
import { HostRule } from './outbound/host-rule.js';
import { OUTBOUND_OPTIONS, type OutboundOptions } from './outbound/outbound.options.js';
import { OutboundModule } from './outbound/outbound.module.js';
import { parseSources } from './outbound/sources/parse-sources.js';
import { SourceError } from './outbound/sources/source-error.js';
import { SWEEP_QUEUE } from './jobs/sweeps.js';
import { DEAD_LETTER_QUEUE } from './processing/batch.js';
import { BatchWorker } from './processing/batch.worker.js';
import { PROCESSING_OPTIONS } from './processing/processing.options.js';
import { ProcessingModule } from './processing/processing.module.js';
import { Retention } from './jobs/control/retention.js';
import { SweepWorker } from './jobs/control/sweep.worker.js';
import { StoreVisitsOptionsError } from './options/module-source.js';
import { QUEUE_OPTIONS } from './queue/queue.options.js';
import { QueueModule } from './queue/queue.module.js';
import { QueueService } from './queue/queue.service.js';
import { expectOptions, type RoomOptions, toRoomOptions } from './room-options.js';
import type { Role, StoreVisitsOptions } from './store-visits.options.js';
import { VisitsHttpModule, VisitsModule } from './visits/visits.module.js';
import { Store } from './stores/store.entity.js';
import { StoresHttpModule, StoresModule } from './stores/stores.module.js';

/** The entities to add to the DataSource. */
export const entities = [Store, JobRow, JobStore, Upload, Visit, Image, Callback];

/** What the module graph depends on: which parts there are is known before any option is. */
export interface StoreVisitsSetup {
  /** `worker` leaves the routes out. Any other role may stand in the options as well. */
  readonly role?: Role | undefined;
  /** The name of the DataSource that the tables are reached by; the one without a name unless given. */
  readonly dataSource?: string | undefined;
  /** Where the routes are (at `api` unless given), the guards before them, and decorators for their controllers; false: there are none. */
  readonly controllers?: Partial<Mount> | false | undefined;
  /** What finds things out about images beside their size, as classes or instances; nothing unless given. */
  readonly analyzers?: readonly GivenAnalyzer[] | undefined;
}

/** {@link StoreVisitsOptions}, made when the application starts. */
export interface StoreVisitsAsyncSetup extends StoreVisitsSetup {
  /** Modules that provide what `useFactory`, the guards and the analyzers get. */
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<StoreVisitsOptions>['useFactory'];
}

const ROOM_OPTIONS = Symbol('ROOM_OPTIONS');
const ROLE = Symbol('ROLE');

/** Hands each room its part of the options. */
@Module({})
class OptionsModule {}

/** Starts the queue with the application, and the workers where the role has them. */
@Injectable()
class Startup implements OnApplicationBootstrap {
  constructor(
    @Inject(ROLE) private readonly role: Role,
    private readonly database: Database,
    private readonly queue: QueueService,
    private readonly batches: BatchWorker,
    private readonly sweeps: SweepWorker,
    private readonly callbacks: CallbackWorker,
    private readonly retention: Retention,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refuseTransactionPooler();
    await this.expectTables();
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

  /** @throws Error where the DataSource does not keep its sessions, which would hang or fail at some later time */
  private async refuseTransactionPooler(): Promise<void> {
    if (await isBehindTransactionPooler(this.database.connection))
      throw new Error(`StoreVisitsModule: the DataSource's database cannot be used: ${TRANSACTION_POOLER}`);
  }

  /** @throws Error where a migration has not run, which would otherwise show in the first request, or image */
  private async expectTables(): Promise<void> {
    const [missing] = await missingColumns(this.database, entities);
    if (missing === undefined) return;
    const { schema } = this.database;
    throw new Error(
      `StoreVisitsModule: the database has no ${schema}.${missing}. The migrations of this version have to run before the ` +
        `application starts: ${schema === SCHEMA ? 'migrations' : `migrationsIn('${schema}')`} of the package, in the DataSource`,
    );
  }
}

/**
 * Store visits: jobs, the store master, and the processing of their images, on a DataSource of the application, which has to
 * have run the {@link migrations} before it starts. Nothing of it is global: the application's own pipes, filters, prefix,
 * interceptors, logger and shutdown hooks stay as they are. Its routes need Express.
 */
@Module({})
export class StoreVisitsModule {
  /** @throws StoreVisitsOptionsError, when the application starts, for an option that can't be used */
  static forRoot(given: StoreVisitsOptions & StoreVisitsSetup = {}): DynamicModule {
    const { dataSource, controllers, analyzers, ...options } = given;
    const { role } = options;
    return this.forRootAsync({ role, dataSource, controllers, analyzers, useFactory: () => options });
  }

  /** @throws StoreVisitsOptionsError, when the application starts, for an option that can't be used */
  static forRootAsync(setup: StoreVisitsAsyncSetup): DynamicModule {
    const options = optionsModule(setup);
    const database = DatabaseModule.on(setup.dataSource, options);
    const events = EventsModule.using(options);
    const queue = QueueModule.using(database, options);
    const outbound = OutboundModule.using(options);
    const stores = StoresModule.using(database);
    const images = ImagesModule.using(database);
    const { imports = [], analyzers: given = [] } = setup;
    if (!Array.isArray(given)) throw new StoreVisitsOptionsError('analyzers', 'a list of analyzers');
    const analyzers = AnalyzersModule.of(given, ...imports);
    const fetching = FetchingModule.using(outbound, analyzers, options);
    const analysing = AnalysisModule.using(fetching, analyzers, options);
    const webhooks = WebhooksModule.using(outbound, database, queue, options);
    const jobs = JobsModule.using(database, images, queue, events, webhooks, outbound, options);
    const visits = VisitsModule.using(database, jobs);
    const processing = ProcessingModule.using(
      database,
      jobs,
      images,
      fetching,
      analysing,
      events,
      queue,
      options,
    );
    const mount = toMount(setup);
    const http = mount && HttpModule.at(mount, options);
    const routes = http && [
      StoresHttpModule.at(mount, stores, http, ...imports),
      JobsHttpModule.at(mount, jobs, images, events, http, ...imports),
      VisitsHttpModule.at(mount, visits, http, ...imports),
    ];
    return {
      module: StoreVisitsModule,
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
        fetching,
        processing,
        ...(routes ?? []),
      ],
      providers: [Startup],
      exports: [database, queue, stores, images, fetching, jobs, visits],
    };
  }
}

/** Undefined where there are no routes. */
function toMount({ role, controllers }: StoreVisitsSetup): Mount | undefined {
  if (role === 'worker' || controllers === false) return undefined;
  if (controllers !== undefined && (typeof controllers !== 'object' || controllers === null))
    throw new StoreVisitsOptionsError('controllers', '{ path, guards } or false');
  const { path = API_PATH, guards = [], decorators = [] } = controllers ?? {};
  if (typeof path !== 'string') throw new StoreVisitsOptionsError('controllers.path', 'a text');
  if (!Array.isArray(guards)) throw new StoreVisitsOptionsError('controllers.guards', 'a list of guards');
  if (!Array.isArray(decorators))
    throw new StoreVisitsOptionsError('controllers.decorators', 'a list of class decorators');
  return { path: path.replaceAll(/^\/+|\/+$/g, ''), guards, decorators };
}

function optionsModule(setup: StoreVisitsAsyncSetup): DynamicModule {
  const parts = [
    part(ROLE, 'role'),
    part(DATABASE_OPTIONS, 'database'),
    part(QUEUE_OPTIONS, 'queue'),
    part(HTTP_OPTIONS, 'http'),
    part(EVENTS_OPTIONS, 'events'),
    part(JOBS_OPTIONS, 'jobs'),
    part(OUTBOUND_OPTIONS, 'outbound'),
    part(ANALYSIS_OPTIONS, 'analysis'),
    part(FETCHING_OPTIONS, 'fetching'),
    part(WEBHOOKS_OPTIONS, 'webhooks'),
    part(PROCESSING_OPTIONS, 'processing'),
  ];
  const made = {
    provide: ROOM_OPTIONS,
    inject: setup.inject ?? [],
    useFactory: async (...injected: unknown[]) => {
      const options = completed(await setup.useFactory(...injected), setup);
      await checkSources(options.outbound);
      return options;
    },
  };
  return {
    module: OptionsModule,
    imports: setup.imports ?? [],
    providers: [made, ...parts],
    exports: parts.map(({ provide }) => provide),
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

/** What a function returns is checked when it is called. */
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

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ConsoleLogger,
  type DynamicModule,
  Injectable,
  type INestApplicationContext,
  Module,
} from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  entities,
  entitiesIn,
  getStoreVisitsToken,
  HealthService,
  InjectStoreVisits,
  JOB_EVENTS,
  type JobFinished,
  JobsService,
  migrations,
  migrationsIn,
  StoresService,
  StoreVisitsModule,
  type StoreVisitsOptions,
  type StoreVisitsOptionsFactory,
  type Submission,
  waitForJob,
} from '../src/index.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const IMAGES = { allowedNetworks: '127.0.0.0/8' };

let host: ImageHost;
let database: TestDatabase;
let app: INestApplicationContext | undefined;

beforeAll(async () => {
  host = await ImageHost.start();
  host.serve('/a.gif', GIF);
});

afterAll(() => host.close());

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await database.drop();
});

function typeorm(
  all: Pick<Parameters<typeof TypeOrmModule.forRoot>[0] & object, 'entities' | 'migrations'>,
): DynamicModule {
  return TypeOrmModule.forRoot({
    type: 'postgres',
    url: database.url,
    // The role of the tests is called as our schema is, which would be first in its search path.
    schema: 'public',
    migrationsRun: true,
    retryAttempts: 0,
    ...all,
  });
}

async function start(...imports: DynamicModule[]): Promise<INestApplicationContext> {
  const testing = await Test.createTestingModule({ imports })
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
  app = testing;
  return testing.init();
}

function toJob(reference: string): Submission {
  return {
    reference,
    visits: [{ store_id: 'S1', image_url: [host.url('/a.gif')], visit_time: '2024-11-16T12:00:00Z' }],
  };
}

describe('two instances in one application', () => {
  @Injectable()
  class Reports {
    readonly heard: JobFinished[] = [];

    constructor(
      @InjectStoreVisits(JobsService, 'audits') readonly audits: JobsService,
      @InjectStoreVisits(JobsService, 'sales') readonly sales: JobsService,
    ) {}

    @OnEvent(JOB_EVENTS.finished)
    onFinished(event: JobFinished): void {
      this.heard.push(event);
    }
  }

  function instance(name: string): DynamicModule {
    return StoreVisitsModule.forRoot({
      name,
      controllers: false,
      images: IMAGES,
      database: { schema: name, queueSchema: `${name}_queue` },
    });
  }

  it('two instances are injected by name, have their own jobs, and are named by their events', async () => {
    @Module({ imports: [instance('audits'), instance('sales')], providers: [Reports] })
    class ReportsModule {}

    const platform = await start(
      EventEmitterModule.forRoot(),
      typeorm({
        entities: [...entitiesIn('audits'), ...entitiesIn('sales')],
        migrations: [...migrationsIn('audits'), ...migrationsIn('sales')],
      }),
      { module: ReportsModule },
    );
    const { audits, sales, heard } = platform.get(Reports, { strict: false });
    const [audit, sale] = [await audits.submit(toJob('an audit')), await sales.submit(toJob('a sale'))];
    await Promise.all([waitForJob(audits, audit.jobId), waitForJob(sales, sale.jobId)]);
    await expect(audits.get(sale.jobId)).rejects.toThrow('Job not found');
    await until(async () => (heard.length === 2 ? true : undefined), 'both events');
    expect(Object.fromEntries(heard.map(({ instance: name, reference }) => [name, reference]))).toEqual({
      audits: 'an audit',
      sales: 'a sale',
    });
  });

  it.each(['', 'a b', 'x'.repeat(65)])('an instance cannot be called %j', (name) => {
    expect(() => StoreVisitsModule.forRoot({ name })).toThrow(
      'StoreVisitsModule: name takes 1 to 64 letters, digits, - or _',
    );
  });
});

describe('the setup of the module', () => {
  @Injectable()
  class PhotoSettings implements StoreVisitsOptionsFactory {
    async createStoreVisitsOptions(): Promise<StoreVisitsOptions> {
      return { images: IMAGES };
    }
  }

  @Module({ providers: [PhotoSettings], exports: [PhotoSettings] })
  class SettingsModule {}

  const tables = { entities: [...entities], migrations };

  it.each([
    ['useClass', { useClass: PhotoSettings }],
    ['useExisting', { useExisting: PhotoSettings, imports: [SettingsModule] }],
  ])('the module reads its options from %s', async (_way, given) => {
    const platform = await start(
      typeorm(tables),
      StoreVisitsModule.forRootAsync({ ...given, controllers: false }),
    );
    const jobs = platform.get(JobsService, { strict: false });
    const stores = platform.get(StoresService, { strict: false });
    await stores.put({ store_id: 'S1', store_name: 'Corner Market', area_code: '7' });
    // Its host is allowed by these options alone.
    const { jobId } = await jobs.submit(toJob('a job'));
    expect(await waitForJob(jobs, jobId)).toMatchObject({ status: 'completed' });
  });

  it.each([{}, { useFactory: () => ({}), useClass: PhotoSettings }])(
    'the module refuses several sources of options: %#',
    (given) => {
      expect(() => StoreVisitsModule.forRootAsync(given)).toThrow(
        'StoreVisitsModule: forRootAsync takes exactly one of useFactory, useClass and useExisting',
      );
    },
  );

  describe('with isGlobal', () => {
    @Injectable()
    class Dashboard {
      constructor(readonly jobs: JobsService) {}
    }
    @Module({ providers: [Dashboard] })
    class DashboardModule {}

    const open = (isGlobal: boolean): Promise<INestApplicationContext> =>
      start(typeorm(tables), StoreVisitsModule.forRoot({ isGlobal, controllers: false, role: 'api' }), {
        module: DashboardModule,
      });

    it('a global module provides its services everywhere', async () => {
      const { jobs } = (await open(true)).get(Dashboard, { strict: false });
      expect(jobs).toBeInstanceOf(JobsService);
    });

    it('a module that is not global does not provide its services everywhere', async () => {
      await expect(open(false)).rejects.toThrow('JobsService');
    });
  });
});

describe('the health of the module', () => {
  it('the health service names what is missing, also as a health indicator', async () => {
    const platform = await start(
      typeorm({ entities: [...entities], migrations }),
      StoreVisitsModule.forRoot({ name: 'photos', controllers: false, role: 'api' }),
    );
    const health = platform.get<HealthService>(getStoreVisitsToken(HealthService, 'photos'), {
      strict: false,
    });
    expect(await health.check()).toEqual({ isReady: true, faults: [] });
    expect(await health.isHealthy()).toEqual({ shelfline: { status: 'up' } });
    const backlog = await health.backlog();
    expect(backlog).toContainEqual(expect.objectContaining({ due: 0, active: 0, oldestDueSeconds: 0 }));
    await platform.close();
    app = undefined;
    expect(await health.isHealthy('photos')).toMatchObject({
      photos: { status: 'down', faults: expect.arrayContaining(['queue is not running']) },
    });
  });
});

describe('the wait for a job', () => {
  it('waitForJob ends with the state of the job if no worker runs', async () => {
    const platform = await start(
      typeorm({ entities: [...entities], migrations }),
      StoreVisitsModule.forRoot({ controllers: false, role: 'api' }),
    );
    const jobs = platform.get(JobsService, { strict: false });
    const stores = platform.get(StoresService, { strict: false });
    await stores.put({ store_id: 'S1', store_name: 'Corner Market', area_code: '7' });
    const { jobId } = await jobs.submit(toJob('a job'));
    await expect(waitForJob(jobs, jobId, { timeoutMs: 1 })).rejects.toThrow(
      /has not ended within 1 ms: .*"pending":1.* role all or worker\?/,
    );
    await expect(waitForJob(jobs, 'job_of_nobody')).rejects.toThrow('Job not found');
  });
});

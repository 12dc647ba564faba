/** Transactions that libraries keep in the asynchronous context: nestjs-cls and typeorm-transactional. */
import { type INestApplication, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  getDataSourceToken,
  InjectDataSource,
  TypeOrmModule,
  type TypeOrmModuleOptions,
} from '@nestjs/typeorm';
import { ClsPluginTransactional, Transactional, TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsModule } from 'nestjs-cls';
import { entities, JobNotFoundError, JobsService, migrations, StoreVisitsModule } from 'shelfline';
import { DataSource, type EntityManager } from 'typeorm';
import {
  addTransactionalDataSource,
  deleteDataSourceByName,
  initializeTransactionalContext,
  StorageDriver,
  Transactional as TypeOrmTransactional,
} from 'typeorm-transactional';

const DATABASE: TypeOrmModuleOptions = {
  type: 'postgres',
  url: process.env['DATABASE_URL'] ?? '',
  schema: 'public',
  entities,
  migrations,
  migrationsRun: true,
};
const SUBMISSION = {
  visits: [{ store_id: 'A1', image_url: ['http://127.0.0.1:9/1.gif'], visit_time: new Date() }],
};
const ROLLED_BACK = new Error('roll back');

/** Submits a job in a transaction, and another job outside of it. */
async function submitTwo(jobs: JobsService, manager: EntityManager, ids: string[]): Promise<void> {
  const { jobId } = await jobs.submit(SUBMISSION, { manager });
  await expect(jobs.get(jobId)).rejects.toThrow(JobNotFoundError);
  expect((await jobs.get(jobId, { manager })).count).toBe(1);
  ids.push(jobId, (await jobs.submit(SUBMISSION)).jobId);
}

interface Rounds {
  submit(ids: string[], fails: boolean): Promise<void>;
  submitOutside(): Promise<unknown>;
}

@Injectable()
class ClsRounds implements Rounds {
  constructor(
    private readonly host: TransactionHost<TransactionalAdapterTypeOrm>,
    private readonly jobs: JobsService,
  ) {}

  @Transactional()
  async submit(ids: string[], fails: boolean): Promise<void> {
    await submitTwo(this.jobs, this.host.tx, ids);
    if (fails) throw ROLLED_BACK;
  }

  submitOutside(): Promise<unknown> {
    return this.jobs.submit(SUBMISSION, { manager: this.host.tx });
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot(DATABASE),
    ClsModule.forRoot({
      plugins: [
        new ClsPluginTransactional({
          imports: [TypeOrmModule],
          adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() }),
        }),
      ],
    }),
    StoreVisitsModule.forRoot({ role: 'api', controllers: false }),
  ],
  providers: [ClsRounds],
})
class ClsPlatform {}

@Injectable()
class TypeOrmRounds implements Rounds {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
  ) {}

  @TypeOrmTransactional()
  async submit(ids: string[], fails: boolean): Promise<void> {
    await submitTwo(this.jobs, this.dataSource.manager, ids);
    if (fails) throw ROLLED_BACK;
  }

  submitOutside(): Promise<unknown> {
    return this.jobs.submit(SUBMISSION, { manager: this.dataSource.manager });
  }
}

@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      useFactory: () => DATABASE,
      dataSourceFactory: async (options) => {
        if (options === undefined) throw new Error('the DataSource has no options');
        return addTransactionalDataSource(new DataSource(options));
      },
    }),
    StoreVisitsModule.forRoot({ role: 'api', controllers: false }),
  ],
  providers: [TypeOrmRounds],
})
class TypeOrmPlatform {}

beforeAll(() => {
  initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE });
});
afterAll(() => deleteDataSourceByName('default'));

it.each([
  ['nestjs-cls', ClsPlatform, ClsRounds],
  ['typeorm-transactional', TypeOrmPlatform, TypeOrmRounds],
])(
  'a job is in the transaction of %s when it gets its manager, and only then',
  async (_library, platform, service) => {
    const testing = await Test.createTestingModule({ imports: [platform] }).compile();
    const app: INestApplication = testing.createNestApplication({ logger: ['warn', 'error'] });
    await app.init();
    try {
      const jobs = app.get(JobsService, { strict: false });
      const rounds = app.get<Rounds>(service);
      const ids: string[] = [];
      await rounds.submit(ids, false);
      await expect(rounds.submit(ids, true)).rejects.toThrow(ROLLED_BACK);
      const found = await Promise.allSettled(ids.map((id) => jobs.get(id)));
      expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
      await expect(rounds.submitOutside()).rejects.toThrow('no open transaction');
    } finally {
      await app.close();
    }
  },
);

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, DataSource, type DataSourceOptions, Entity, PrimaryColumn } from 'typeorm';
import { Database } from '../src/database/database.js';
import { missingColumns } from '../src/database/missing-columns.js';
import { entities, migrations, runMigrations } from '../src/index.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

/** A table of the platform, which it lets TypeORM make. */
@Entity('customer')
class Customer {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  name!: string;
}

describe("the migrations on a platform's DataSource", () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    for (const source of sources.splice(0)) await source.destroy();
    await database.drop();
  });

  function toOptions(extra: Partial<DataSourceOptions> = {}): DataSourceOptions {
    return {
      type: 'postgres',
      url: database.url,
      entities: [Customer, ...entities],
      migrations,
      // The role of the tests is called as our schema is, which would be first in its search path.
      extra: { options: '-c search_path=public' },
      ...extra,
    } as DataSourceOptions; // oxlint-disable-line no-unsafe-type-assertion -- a union whose members cannot be spread
  }

  async function open(extra: Partial<DataSourceOptions>): Promise<DataSource> {
    const source = await new DataSource(toOptions(extra)).initialize();
    sources.push(source);
    return source;
  }

  async function findMissing(source: DataSource): Promise<string[]> {
    return missingColumns(new Database(source), entities);
  }

  it('migrations of a platform run once when many processes start on an empty database at the same moment', async () => {
    await Promise.all(Array.from({ length: 4 }, async () => runMigrations(new DataSource(toOptions()))));
    const source = await open({});
    expect(await findMissing(source)).toEqual([]);
    expect(await database.query('SELECT name FROM public.migrations')).toHaveLength(migrations.length);
    expect(await source.showMigrations()).toBe(false);
  });

  it.each([{ synchronize: true }, { synchronize: true, entityPrefix: 'app_' }])(
    'migrations of a platform create our tables, and %j those of the platform, at every start',
    async (extra) => {
      for (const _ of ['first', 'second']) {
        const source = await open({ ...extra, migrationsRun: true });
        expect(await findMissing(source)).toEqual([]);
        await source.getRepository(Customer).save({ id: 'C1', name: 'Corner Market' });
        expect(await source.getRepository(Customer).find()).toEqual([{ id: 'C1', name: 'Corner Market' }]);
      }
    },
  );

  it('synchronize alone creates none of our tables', async () => {
    const source = await open({ synchronize: true });
    expect((await findMissing(source))[0]).toBe('store.store_id');
    expect(await database.query(`SELECT FROM pg_namespace WHERE nspname = 'shelfline'`)).toEqual([]);
  });
});

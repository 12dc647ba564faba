import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, DataSource, type DataSourceOptions, Entity, PrimaryColumn } from 'typeorm';
import { Database } from '../src/database/database.js';
import { missingColumns } from '../src/database/missing-columns.js';
import { entities, JobsService, migrations, runMigrations } from '../src/index.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { hasEnded } from './support/leftovers.js';
import { TestPlatform } from './support/platform.js';

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

describe('a platform that removes the module', () => {
  /** Everything in a database besides its system catalogs, and the migrations that have run. */
  async function describeDatabase(database: TestDatabase): Promise<unknown> {
    return database.query(
      `SELECT 'schema' AS kind, nspname::text AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
       UNION ALL SELECT 'relation', relname FROM pg_class WHERE oid >= 16384 AND relkind <> 't' AND relnamespace <> 'pg_toast'::regnamespace
       UNION ALL SELECT 'function', proname FROM pg_proc WHERE oid >= 16384
       UNION ALL SELECT 'type', typname FROM pg_type WHERE oid >= 16384
       UNION ALL SELECT 'extension', extname FROM pg_extension
       UNION ALL SELECT 'trigger', tgname FROM pg_trigger
       UNION ALL SELECT 'migration', name FROM public.migrations
       ORDER BY 1, 2`,
    );
  }

  it('a platform has nothing of the module left after the documented statements, and can install it again', async () => {
    const page = await readFile(new URL('../docs/module-removing.md', import.meta.url), 'utf8');
    const [, statements = ''] = /```sql\n(.*?)```/s.exec(page) ?? [];
    const database = await createTestDatabase();
    // What remains of a platform that never had it: its own table, and the empty list of its migrations.
    await database.query('CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL)');
    const own = await new DataSource({
      type: 'postgres',
      url: database.url,
      schema: 'public',
      migrations: [],
      migrationsRun: true,
    }).initialize();
    await own.destroy();
    const before = await describeDatabase(database);

    const first = await TestPlatform.start({ options: { role: 'api' }, database });
    const image_url = ['http://127.0.0.1:9/1.gif'];
    const submission = { visits: [{ store_id: 'A1', image_url, visit_time: new Date() }] };
    await first.app.get(JobsService, { strict: false }).submit(submission);
    await first.app.close();
    hasEnded(first);
    expect(await describeDatabase(database)).not.toEqual(before);
    await database.query(statements);
    expect(await describeDatabase(database)).toEqual(before);

    const again = await TestPlatform.start({ options: { role: 'api' }, database });
    const { items } = await again.app.get(JobsService, { strict: false }).list();
    expect(items).toEqual([]);
    await again.stop();
  });
});

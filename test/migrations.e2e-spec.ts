import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.js';
import { isMigrated, runMigrations } from '../src/database/migration-runner.js';
import { entities } from '../src/store-visits.module.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

describe('the migrations', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];

  async function connect(): Promise<DataSource> {
    const options = dataSourceOptions({ url: database.url, poolSize: 3, applicationName: 'test' }, entities);
    const source = await new DataSource(options).initialize();
    sources.push(source);
    return source;
  }

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.destroy()));
    await database.drop();
  });

  it('make exactly the schema that the entities describe', async () => {
    const source = await connect();
    await runMigrations(source);
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map((query) => query.query)).toEqual([]);
  });

  it('can be undone and run again', async () => {
    const source = await connect();
    await runMigrations(source);
    for (const _ of source.migrations) await source.undoLastMigration({ transaction: 'each' });
    expect(await isMigrated(source)).toBe(false);
    expect(
      await database.query(
        `SELECT 1 FROM pg_tables WHERE schemaname = 'shelfline' AND tablename <> 'migration'`,
      ),
    ).toEqual([]);
    await runMigrations(source);
    expect(await isMigrated(source)).toBe(true);
  });

  it('run once when many processes start on an empty database at the same moment', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, connect));
    await Promise.all(many.map(runMigrations));
    const rows = await database.query<{ name: string }>('SELECT name FROM shelfline.migration');
    expect(rows).toHaveLength(many[0]?.migrations.length ?? 0);
  });
});

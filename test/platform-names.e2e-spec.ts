import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Column, DataSource, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { entities, migrations } from '../src/index.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { TestPlatform } from './support/platform.js';

/** Entities of a platform that are called like things of ours. */
@Entity('platform_store')
class Store {
  @PrimaryColumn('text')
  id!: string;
}

@Entity('platform_visit')
class Visit {
  @PrimaryColumn('text')
  id!: string;

  // By its name, as platforms do whose files import each other.
  @ManyToOne('Store')
  store!: Store;

  @Column('text')
  purpose!: string;
}

describe('the names of the module, in a platform with a Store and a Visit of its own', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...entities, Store, Visit],
      migrations,
      migrationsRun: true,
    }).initialize();
    await source.query(`CREATE TABLE platform_store (id text PRIMARY KEY);
      CREATE TABLE platform_visit (id text PRIMARY KEY, purpose text NOT NULL, "storeId" text REFERENCES platform_store)`);
  });

  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('the module leaves the names of its entities to the platform', () => {
    expect(source.getRepository('Store').metadata.tableName).toBe('platform_store');
    expect(source.getRepository('Visit').metadata.tableName).toBe('platform_visit');
  });

  it('relations of a platform find its own entities', async () => {
    await source.manager.save(Object.assign(new Store(), { id: 'S1' }));
    await source.manager.save(
      Object.assign(new Visit(), { id: 'V1', purpose: 'audit', store: { id: 'S1' } }),
    );
    const found = await source.getRepository(Visit).find({ relations: { store: true } });
    expect(found).toEqual([{ id: 'V1', purpose: 'audit', store: { id: 'S1' } }]);
  });

  it('our names begin with Shelfline in the OpenAPI document of a platform', async () => {
    const platform = await TestPlatform.start({ controllers: { path: '/photos' } });
    try {
      const document = SwaggerModule.createDocument(platform.app, new DocumentBuilder().build());
      const ours = Object.keys(document.components?.schemas ?? {}).filter((name) => name !== 'Greeting');
      expect(ours).toContain('ShelflineStore');
      expect(ours.filter((name) => !name.startsWith('Shelfline'))).toEqual([]);
    } finally {
      await platform.stop();
    }
  });
});

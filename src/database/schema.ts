import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Entity, getMetadataArgsStorage } from 'typeorm';
import { SCHEMA } from './database.options.js';

export { SCHEMA };

/** Changes a statement for tables in another schema. Its text never contains values. */
export function inSchema(sql: string, schema: string): string {
  return schema === SCHEMA
    ? sql
    : sql.replaceAll(/\bshelfline(?=\.)|(?<=CREATE SCHEMA IF NOT EXISTS )shelfline\b/g, schema);
}

/** A migration of a DataSource. */
export type Migration = new () => MigrationInterface;

/**
 * Creates the migrations for another schema. Their names contain the schema, because a DataSource runs no
 * migration whose name is in its list, and several schemas of one database may share that list.
 */
export function migrationsInSchema(migrations: readonly Migration[], schema: string): Migration[] {
  if (schema === SCHEMA) return [...migrations];
  return migrations.map((migration) => {
    // TypeORM reads the time of a migration from the last 13 digits of its name.
    const name = migration.name.replace(/(?=\d{13}$)/, `_${schema}_`);
    const moved = class implements MigrationInterface {
      readonly name = name;
      private readonly original = new migration();

      async up(runner: QueryRunner): Promise<void> {
        await this.original.up(rewriting(runner, schema));
      }

      async down(runner: QueryRunner): Promise<void> {
        await this.original.down(rewriting(runner, schema));
      }
    };
    return named(moved, name);
  });
}

/** An entity of a DataSource. */
export type EntityClass = new () => object;

/** Creates classes for the same entities in another schema, with the same columns and indexes. */
export function entitiesInSchema(entities: readonly EntityClass[], schema: string): EntityClass[] {
  return entities.map((entity) => {
    const name = getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name;
    if (name === undefined) throw new Error(`${entity.name} is no entity`);
    const moved = named(class extends entity {}, entity.name);
    Entity({ schema, name, synchronize: false })(moved);
    return moved;
  });
}

function rewriting(runner: QueryRunner, schema: string): QueryRunner {
  const query: QueryRunner['query'] = async (sql, parameters) =>
    runner.query(inSchema(sql, schema), parameters);
  return Object.create(runner, { query: { value: query } });
}

function named<C extends object>(constructor: C, name: string): C {
  return Object.defineProperty(constructor, 'name', { value: name });
}

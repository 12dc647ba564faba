import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Entity, getMetadataArgsStorage } from 'typeorm';
import { SCHEMA } from './database.options.js';

export { SCHEMA };

/** A statement of ours for tables that live in another schema. Values are never part of its text. */
export function inSchema(sql: string, schema: string): string {
  return schema === SCHEMA
    ? sql
    : sql.replaceAll(/\bshelfline(?=\.)|(?<=CREATE SCHEMA IF NOT EXISTS )shelfline\b/g, schema);
}

/** A migration, as a DataSource takes it. */
export type Migration = new () => MigrationInterface;

/**
 * The same migrations for another schema. Their names say which one that is: a DataSource runs none whose name stands in its
 * list, and schemas of one database may share that.
 */
export function migrationsInSchema(migrations: readonly Migration[], schema: string): Migration[] {
  if (schema === SCHEMA) return [...migrations];
  return migrations.map((migration) => {
    // TypeORM takes the last 13 digits of a name for the time of the migration.
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

/** An entity, as a DataSource takes it. */
export type EntityClass = new () => object;

/** The same entities in another schema: classes of their own, with the columns and indexes of these. */
export function entitiesInSchema(entities: readonly EntityClass[], schema: string): EntityClass[] {
  return entities.map((entity) => {
    const name = getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name;
    if (name === undefined) throw new Error(`${entity.name} is no entity`);
    const moved = named(class extends entity {}, entity.name);
    Entity({ schema, name })(moved);
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

import { getMetadataArgsStorage } from 'typeorm';
import type { Database } from './database.js';
import type { EntityClass } from './schema.js';

/**
 * The columns of the entities, as `table.column`, that the database does not have. A migration has not run, or
 * has run for another schema.
 */
export async function missingColumns(
  database: Database,
  entities: readonly EntityClass[],
): Promise<string[]> {
  const wanted = entities.flatMap((entity) => getColumns(entity));
  const rows = await database.query<{ column: string }>(
    `SELECT wanted.tab || '.' || wanted.col AS column
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS wanted (tab, col, place)
       LEFT JOIN (pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid AND nspname = $1) ON relname = wanted.tab
       LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attname = wanted.col
      WHERE attname IS NULL
      ORDER BY wanted.place`,
    [database.schema, wanted.map(({ table }) => table), wanted.map(({ column }) => column)],
  );
  return rows.map(({ column }) => column);
}

function getColumns(entity: EntityClass): { readonly table: string; readonly column: string }[] {
  const { tables, columns } = getMetadataArgsStorage();
  const table = tables.find(({ target }) => target === entity)?.name;
  if (table === undefined) throw new Error(`${entity.name} is no entity`);
  return columns
    .filter(({ target }) => target === entity)
    .map(({ options, propertyName }) => ({ table, column: options.name ?? propertyName }));
}

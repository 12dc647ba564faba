import { option, text, type Values } from '../options/option.js';

/** The default schema of all tables. Statements use this name. */
export const SCHEMA = 'shelfline';

/** A name that needs no quotes, and is short enough to be a prefix of prepared statements' names. */
const schemaName = text(
  (name) => /^(?!pg_)[a-z_][a-z0-9_]{0,31}$/.test(name),
  'at most 32 small letters, digits and underscores, a letter first',
);

// prettier-ignore
export const DATABASE_TABLE = {
  schema: option(undefined, SCHEMA, schemaName, 'Schema of the tables. Entities and migrations have to be made for the same one.'),
  queueSchema: option(undefined, 'shelfline_queue', schemaName, 'Schema of the tables of the queue. It has to be a different one.'),
};

export type DatabaseOptions = Pick<Values<typeof DATABASE_TABLE>, 'schema'>;

export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

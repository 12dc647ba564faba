import type { ClientBase } from 'pg';
import { type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { inSchema, SCHEMA } from './schema.js';

/** What a query runs on: the pool, or the connection of an open transaction. */
export interface Querying {
  query<T = unknown>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/**
 * A statement that runs again and again: each connection parses and plans it once. For statements whose best plan does not
 * hang on the values; the name is unique among them, and the columns of the result are named in the text.
 */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** @throws Error where the manager is not that of a transaction */
export function getQueryRunner({ queryRunner }: EntityManager): QueryRunner {
  if (queryRunner === undefined) throw new Error('the manager is of no transaction');
  return queryRunner;
}

/** Connections may serve several schemas: a name stands for one statement on each. */
export function preparedIn({ name, text }: PreparedStatement, schema: string): PreparedStatement {
  return schema === SCHEMA
    ? { name, text }
    : { name: name.replace(SCHEMA, schema), text: inSchema(text, schema) };
}

/** TypeORM has no prepared statements; its connections are node-postgres's, which has. */
export async function runPrepared<T>(
  runner: QueryRunner,
  { name, text }: PreparedStatement,
  parameters: readonly unknown[],
): Promise<T[]> {
  const client: ClientBase = await runner.connect();
  try {
    const result: { rows: unknown } = await client.query({ name, text, values: [...parameters] });
    return toRows<T>(result.rows);
  } catch (error) {
    throw asQueryFailed(text, parameters, error);
  }
}

/** As TypeORM tells of the statements that it runs. */
export function asQueryFailed(text: string, parameters: readonly unknown[], error: unknown): unknown {
  return error instanceof Error ? new QueryFailedError(text, [...parameters], error) : error;
}

/** TypeORM answers rows for SELECT and INSERT, but `[rows, count]` for UPDATE and DELETE. */
export function toRows<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return [];
  const [rows, count] = result;
  return result.length === 2 && Array.isArray(rows) && (typeof count === 'number' || count === null)
    ? rows
    : result;
}

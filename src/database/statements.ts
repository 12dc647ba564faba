import type { ClientBase } from 'pg';
import { type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { inSchema, SCHEMA } from './schema.js';

/** Runs queries on the pool, or on the connection of an open transaction. */
export interface Querying {
  query<T = unknown>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/**
 * A statement that each connection parses and plans once. It suits statements whose best plan does not depend
 * on the values. The name is unique, and the text names the columns of the result.
 */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** @throws Error if the manager has no transaction */
export function getQueryRunner({ queryRunner }: EntityManager): QueryRunner {
  if (queryRunner === undefined) throw noTransaction();
  return queryRunner;
}

export function noTransaction(): Error {
  return new Error('the manager has no open transaction: take the one that DataSource.transaction() gives');
}

/** Connections may serve several schemas, so the name contains the schema. */
export function preparedIn({ name, text }: PreparedStatement, schema: string): PreparedStatement {
  return schema === SCHEMA
    ? { name, text }
    : { name: name.replace(SCHEMA, schema), text: inSchema(text, schema) };
}

/** Runs a prepared statement on the connection of node-postgres, because TypeORM has none. */
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

/** Converts an error to the one that TypeORM throws for its own statements. */
export function asQueryFailed(text: string, parameters: readonly unknown[], error: unknown): unknown {
  return error instanceof Error ? new QueryFailedError(text, [...parameters], error) : error;
}

/** TypeORM returns rows for SELECT and INSERT, but `[rows, count]` for UPDATE and DELETE. */
export function toRows<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return [];
  const [rows, count] = result;
  return result.length === 2 && Array.isArray(rows) && (typeof count === 'number' || count === null)
    ? rows
    : result;
}

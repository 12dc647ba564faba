import { readFileSync } from 'node:fs';
import { Client, type QueryResultRow } from 'pg';

/** A connection whose unqualified names mean the schema of the benchmark. */
export async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, options: '-c search_path=schema_bench' });
  await client.connect();
  return client;
}

/** The one row of a query. */
export async function row<Row extends QueryResultRow>(
  client: Client,
  sql: string,
  values: unknown[] = [],
): Promise<Row> {
  const { rows } = await client.query<Row>(sql, values);
  const [first] = rows;
  if (first === undefined) throw new Error(`No row from ${sql}`);
  return first;
}

export interface Storage {
  heapMb: number;
  indexMb: number;
  deadTuples: number;
  updates: number;
  hotUpdates: number;
  autovacuums: number;
  autovacuumSeconds: number;
}

/** Sizes and statistics of tables, added up. What connections have counted so far must have been flushed by them. */
export async function storage(client: Client, tableNames: string[]): Promise<Storage> {
  await client.query('SELECT pg_stat_clear_snapshot()');
  return row<Storage & QueryResultRow>(
    client,
    `SELECT round(sum(pg_table_size(relid)) / 1e6)::int AS "heapMb",
            round(sum(pg_indexes_size(relid)) / 1e6)::int AS "indexMb",
            sum(n_dead_tup)::int AS "deadTuples",
            sum(n_tup_upd)::int AS updates,
            sum(n_tup_hot_upd)::int AS "hotUpdates",
            sum(autovacuum_count)::int AS autovacuums,
            round(sum(total_autovacuum_time) / 1000)::int AS "autovacuumSeconds"
     FROM pg_stat_user_tables
     WHERE schemaname = 'schema_bench' AND relname = ANY($1)`,
    [tableNames],
  );
}

export interface Cost {
  seconds: number;
  walBytes: number;
  fullPageImages: number;
  /** Processor time of the connections' server processes, or null where the server is on another machine. */
  cpuSeconds: number | null;
}

interface WalPosition {
  bytes: string;
  fpi: string;
}

/** What some work costs the server: time, WAL and processor time of the connections it uses. */
export async function getCost(
  observer: Client,
  connections: Client[],
  work: () => Promise<void>,
): Promise<Cost> {
  const position = `SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes, wal_fpi AS fpi FROM pg_stat_wal`;
  const pids = await Promise.all(
    connections.map(
      async (client) => (await row<{ pid: number }>(client, 'SELECT pg_backend_pid() AS pid')).pid,
    ),
  );
  await observer.query('CHECKPOINT');
  const before = await row<WalPosition & QueryResultRow>(observer, position);
  const cpuBefore = cpuSeconds(pids);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(connections.map((client) => client.query('SELECT pg_stat_force_next_flush()')));
  await Promise.all(connections.map((client) => client.query('SELECT 1')));
  const cpuAfter = cpuSeconds(pids);
  await observer.query('SELECT pg_stat_clear_snapshot()');
  const after = await row<WalPosition & QueryResultRow>(observer, position);
  return {
    seconds,
    walBytes: Number(after.bytes) - Number(before.bytes),
    fullPageImages: Number(after.fpi) - Number(before.fpi),
    cpuSeconds: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
  };
}

export function sum(costs: Cost[]): Cost {
  return costs.reduce((a, b) => ({
    seconds: a.seconds + b.seconds,
    walBytes: a.walBytes + b.walBytes,
    fullPageImages: a.fullPageImages + b.fullPageImages,
    cpuSeconds: a.cpuSeconds === null || b.cpuSeconds === null ? null : a.cpuSeconds + b.cpuSeconds,
  }));
}

const ticksPerSecond = 100;

function cpuSeconds(pids: number[]): number | null {
  try {
    const ticks = pids.map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((a, b) => a + b, 0) / ticksPerSecond;
  } catch {
    return null;
  }
}

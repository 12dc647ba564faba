import { Client } from 'pg';
import { checkInvariants } from '../../scripts/invariants.ts';
import type { Job } from './application.js';
import type { ImageHost } from './image-host.js';
import { ServerProcess } from './server-process.js';
import { until } from './until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

/** The queue gives a dead process's tasks to others after some 10 seconds. */
const SOON_MS = 30_000;

/** Real processes on one database, and a job that they run. */
export class Installation {
  private readonly processes: ServerProcess[] = [];
  private readonly locks: Client[] = [];

  constructor(
    readonly databaseUrl: string,
    private readonly host: ImageHost,
  ) {}

  /** Starts a process and waits until it is ready. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const server = this.launch(environment);
    await server.ready();
    return server;
  }

  /** Starts a process and does not wait. */
  launch(environment: Readonly<Record<string, string>> = {}): ServerProcess {
    const server = ServerProcess.launch({
      DATABASE_URL: this.databaseUrl,
      // Hosts are held back for as long as a test takes: that is no fault of theirs.
      IMAGE_TIMEOUT_MS: '120000',
      ...environment,
    });
    this.processes.push(server);
    return server;
  }

  /** Serves so many images, each answered when `until` says, and gives their URLs. */
  serve(name: string, count: number, opened: () => Promise<unknown> = () => Promise.resolve()): string[] {
    return Array.from({ length: count }, (_, n) =>
      this.host.handle(`/${name}/${n}.gif`, (_request, response) => {
        void opened().then(() => response.end(GIF));
      }),
    );
  }

  /** Submits a job. */
  async submit(server: ServerProcess, urls: readonly string[]): Promise<Response> {
    const visits = Array.from({ length: Math.ceil(urls.length / 1000) }, (_, n) => ({
      store_id: 'RP00002',
      visit_time: '2024-11-16T12:00:00Z',
      image_url: urls.slice(n * 1000, (n + 1) * 1000),
    }));
    return fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: visits.length, visits }),
    });
  }

  /** Submits a job that has to be accepted; its id. */
  async accepted(server: ServerProcess, urls: readonly string[]): Promise<string> {
    const answer = await this.submit(server, urls);
    if (answer.status !== 201) throw new Error(`the submission was refused: ${await answer.text()}`);
    return ((await answer.json()) as Pick<Job, 'job_id'>).job_id;
  }

  async job(server: ServerProcess, jobId: string): Promise<Job> {
    return (await fetch(`${server.origin}/api/jobs/${jobId}`)).json() as Promise<Job>;
  }

  async finished(server: ServerProcess, jobId: string, withinMs = 60_000): Promise<Job> {
    return until(
      async () => {
        const job = await this.job(server, jobId);
        return job.finished_at == null ? undefined : job;
      },
      `the end of ${jobId}`,
      withinMs,
    );
  }

  async query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.withClient(async (client) => (await client.query(sql, parameters)).rows as T[]);
  }

  /** Locks the rows of a query until it is called again. */
  async lock(sql: string): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: this.databaseUrl });
    this.locks.push(client);
    await client.connect();
    await client.query('BEGIN');
    const { rowCount } = await client.query(sql);
    if (rowCount === 0) throw new Error(`nothing to lock: ${sql}`);
    return () => client.end();
  }

  /** Waits until a connection for the tables runs a statement like this one and waits for a lock. */
  async waitsForLock(statement: string): Promise<void> {
    await until(
      async () => {
        const [waiting] = await this.query(
          `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE $1
            AND application_name LIKE 'shelfline-%' AND application_name NOT LIKE '%-queue'`,
          [statement],
        );
        return waiting;
      },
      `a wait for a lock by ${statement}`,
      SOON_MS,
    );
  }

  /** Makes the queue believe that the workers of all tasks have been silent for a minute, and what it put off is due. */
  async letTimePass(): Promise<void> {
    await this.query(
      `UPDATE shelfline_queue.job
          SET heartbeat_on = heartbeat_on - interval '1 minute', start_after = start_after - interval '1 minute'
        WHERE name = 'images' AND state IN ('retry', 'active')`,
    );
  }

  /** How often each number of tries stands in the rows, and the broken invariants once all tasks are done. */
  async atRest(): Promise<{ readonly attempts: Record<number, number>; readonly broken: string[] }> {
    await until(
      async () => {
        const left = await this.query(
          `SELECT FROM shelfline_queue.job
          WHERE state IN ('created', 'retry', 'active') AND name NOT LIKE '%dead-letters'`,
        );
        return left.length === 0 ? true : undefined;
      },
      'the end of all tasks',
      SOON_MS,
    );
    const rows = await this.query<{ attempts: number; images: number }>(
      'SELECT attempts, count(*)::int AS images FROM shelfline.image GROUP BY 1',
    );
    const verdicts = await this.withClient((client) => checkInvariants(client, { graceSeconds: 0 }));
    return {
      attempts: Object.fromEntries(rows.map((row) => [row.attempts, row.images])),
      broken: verdicts.filter(({ offending }) => offending.length > 0).map(({ name }) => name),
    };
  }

  /** Ends what is left. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map((server) => server.kill('SIGKILL')));
    await Promise.all(this.locks.map((client) => client.end()));
  }

  private async withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: this.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

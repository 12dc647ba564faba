import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DestinationStream } from 'pino';
import { createApplication } from '../../src/server/application.js';
import { readEnvironment, type Settings } from '../../src/server/environment.js';
import { createRootLogger } from '../../src/server/logging/root-logger.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { endLater, hasEnded } from './leftovers.js';
import { until } from './until.js';

/** A job as the API answers it. */
export interface Job {
  job_id: string;
  status: 'ongoing' | 'completed' | 'failed' | 'cancelled';
  count: number;
  images: { total: number; pending: number; succeeded: number; failed: number; skipped: number };
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  callback: {
    url: string;
    state: string;
    attempts: number;
    last_status: number | null;
    last_attempt_at: string | null;
  } | null;
  error: { store_id: string; error: string }[];
  error_count: number;
}

/** An answer over HTTP, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: any; // oxlint-disable-line no-explicit-any -- what came over the wire is compared, not trusted
}

/** Settings of tests: images may be fetched from loopback unless the environment says otherwise. */
export function testSettings(environment: Readonly<Record<string, string>> = {}): Settings {
  return readEnvironment(
    {
      IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
      IMAGE_RETRY_BASE_MS: '50',
      LOG_LEVEL: 'fatal',
      RATE_LIMIT_PER_MINUTE: '0',
      // What a failed test has left in hand is not waited for.
      SHUTDOWN_GRACE_MS: '1000',
      ...environment,
    },
    '0.0.0-test',
  );
}

/** The application in this process, listening on a port of its own, on a database of its own. */
export class TestApplication {
  private stopped: Promise<void> | undefined;

  private constructor(
    readonly origin: string,
    readonly app: NestExpressApplication,
    readonly database: TestDatabase,
  ) {}

  /**
   * @param environment settings as environment variables; images may be fetched from loopback unless it says otherwise
   * @param databaseOptions of CREATE DATABASE
   */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    databaseOptions = '',
  ): Promise<TestApplication> {
    return this.startOn(await createTestDatabase(databaseOptions), environment);
  }

  /**
   * Starts one on a database that is there, beside others or after them.
   *
   * @param lines where its log goes, instead of to standard output
   */
  static async startOn(
    database: TestDatabase,
    environment: Readonly<Record<string, string>> = {},
    lines?: DestinationStream,
  ): Promise<TestApplication> {
    const settings = testSettings(environment);
    const app = await createApplication(settings, database.url, createRootLogger(settings.logLevel, lines));
    return this.listening(app, database);
  }

  /** One that was built otherwise. */
  static async listening(app: NestExpressApplication, database: TestDatabase): Promise<TestApplication> {
    await app.listen(0, '127.0.0.1');
    const application = new TestApplication(await app.getUrl(), app, database);
    endLater(application, () => application.stop());
    return application;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.database.drop();
  }

  /** Stops the application and leaves its database. A second time it does nothing. */
  async stop(): Promise<void> {
    hasEnded(this);
    this.stopped ??= this.app.close();
    await this.stopped;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return read(await fetch(`${this.origin}${path}`, { headers }));
  }

  /** Sends JSON; a string is sent as it stands. */
  async send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return read(
      await fetch(`${this.origin}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body:
          typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    );
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  /** Submits visits that have to be accepted, with further fields of the job; the id of the job. */
  async submit(
    visits: readonly {
      store_id: string;
      image_url: readonly string[];
      visit_time?: string;
      reference?: string;
      metadata?: Readonly<Record<string, string>>;
    }[],
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const answer = await this.post('/api/jobs', {
      count: visits.length,
      visits: visits.map((visit) => ({ visit_time: '2024-11-16T12:00:00Z', ...visit })),
      ...more,
    });
    if (answer.status !== 201) throw new Error(`the submission was refused: ${answer.text}`);
    return answer.json.job_id;
  }

  /** The job, once it has ended. */
  async finished(jobId: string, deadlineMs = 15_000): Promise<Job> {
    return until(
      async () => {
        const { json } = await this.get(`/api/jobs/${jobId}`);
        return json.status === 'ongoing' ? undefined : json;
      },
      `the end of ${jobId}`,
      deadlineMs,
    );
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

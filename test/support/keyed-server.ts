import { createHash } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from './database.js';
import { ServerProcess } from './server-process.js';
import { until } from './until.js';

export const SCOPES = ['read', 'submit', 'review', 'manage', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

/** A named key for each scope. */
export const KEYS: Readonly<Record<Scope, string>> = {
  read: 'of-a-reader-0123456789',
  submit: 'of-a-submitter-0123456789',
  review: 'of-a-reviewer-0123456789',
  manage: 'of:a:manager:0123456789',
  metrics: 'of-a-scraper-0123456789',
};
export const PLAIN = 'a-plain-key-0123456789';
export const SHORT = 'short';
export const nameOfPlain = (key: string): string =>
  `key-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;

export const JOB = {
  count: 1,
  visits: [{ store_id: 'S1', image_url: ['http://host.test/1.png'], visit_time: '2024-11-16T12:00:00Z' }],
};
/** What a route that reads a body is sent. */
function bodyOf(
  method: string,
  target: string,
): { readonly type: string; readonly text: string } | undefined {
  const [path = ''] = target.split('?', 1);
  if (path === '/api/jobs' || path === '/api/submit')
    return method === 'POST' ? { type: 'application/json', text: JSON.stringify(JOB) } : undefined;
  if (method === 'PUT' && path.endsWith('/review'))
    return { type: 'application/json', text: JSON.stringify({ state: 'approved' }) };
  if (path.endsWith('/share')) return { type: 'application/json', text: '{"expires_in_hours":1}' };
  if (method === 'PUT')
    return { type: 'application/json', text: JSON.stringify({ store_name: 'Nine', area_code: '9' }) };
  return path.endsWith('/import')
    ? { type: 'text/csv', text: 'AreaCode,StoreName,StoreID\n1,One,S2\n' }
    : undefined;
}

/** A real server with a key for each scope, named after it, and two plain keys. */
export class KeyedServer {
  private constructor(
    private readonly database: TestDatabase,
    private readonly server: ServerProcess,
  ) {}

  static async start(): Promise<KeyedServer> {
    const database = await createTestDatabase();
    const named = SCOPES.map((scope) => `${scope}er:${scope}:${KEYS[scope]}`);
    const server = await ServerProcess.start({
      DATABASE_URL: database.url,
      ROLE: 'api',
      API_KEYS: [...named, PLAIN, SHORT].join(),
    });
    return new KeyedServer(database, server);
  }

  get origin(): string {
    return this.server.origin;
  }

  /** Everything it wrote. */
  get text(): string {
    return this.server.text;
  }

  async close(): Promise<void> {
    await this.server.kill('SIGKILL');
    await this.database.drop();
  }

  /** Sends what the route takes. */
  async send(
    key: string,
    method: string,
    path: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly text: string }> {
    const body = bodyOf(method, path);
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': body.type }), ...more },
      ...(body && { body: body.text }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** The lines of the log that have these fields, once there is one. */
  async lines(wanted: Readonly<Record<string, unknown>>): Promise<object[]> {
    return until(
      async () => {
        const found = this.text
          .split('\n')
          .filter((text) => text.startsWith('{') && text.endsWith('}'))
          .map((text): Record<string, unknown> => JSON.parse(text))
          .filter((line) => Object.entries(wanted).every(([name, value]) => line[name] === value));
        return found.length === 0 ? undefined : found;
      },
      `a line with ${JSON.stringify(wanted)}`,
    );
  }
}

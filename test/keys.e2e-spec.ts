import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

const SCOPES = ['read', 'submit', 'review', 'manage', 'metrics'] as const;
type Scope = (typeof SCOPES)[number];

/** A named key for each scope. */
const KEYS: Readonly<Record<Scope, string>> = {
  read: 'of-a-reader-0123456789',
  submit: 'of-a-submitter-0123456789',
  review: 'of-a-reviewer-0123456789',
  manage: 'of:a:manager:0123456789',
  metrics: 'of-a-scraper-0123456789',
};
const PLAIN = 'a-plain-key-0123456789';
const SHORT = 'short';
const nameOfPlain = (key: string): string =>
  `key-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;

const JOB = {
  count: 1,
  visits: [{ store_id: 'S1', image_url: ['http://host.test/1.png'], visit_time: '2024-11-16T12:00:00Z' }],
};
const UNKNOWN = 'job_20200101000000_00000000000000000000';

/** Every route that needs a key: the scope that it needs, and how it answers a caller who has that. */
const ROUTES: readonly (readonly [method: string, path: string, needs: Scope | 'any', status: number])[] = [
  ['POST', '/api/jobs', 'submit', 201],
  ['POST', '/api/submit', 'submit', 201],
  ['GET', '/api/status?jobid=x', 'read', 400],
  ['GET', '/api/jobs', 'read', 200],
  ['GET', `/api/jobs/${UNKNOWN}`, 'read', 404],
  ['GET', `/api/jobs/${UNKNOWN}/images`, 'read', 404],
  ['GET', `/api/jobs/${UNKNOWN}/events`, 'read', 404],
  ['POST', `/api/jobs/${UNKNOWN}/cancel`, 'manage', 404],
  ['POST', `/api/jobs/${UNKNOWN}/retry`, 'manage', 404],
  ['POST', `/api/jobs/${UNKNOWN}/callback`, 'manage', 404],
  ['DELETE', `/api/jobs/${UNKNOWN}`, 'manage', 404],
  ['GET', '/api/visits', 'read', 200],
  ['GET', '/api/stores', 'read', 200],
  ['GET', '/api/stores/nobody', 'read', 404],
  ['PUT', '/api/stores/S9', 'manage', 201],
  ['DELETE', '/api/stores/nobody', 'manage', 404],
  ['POST', '/api/stores/import', 'manage', 200],
  ['GET', '/api/me', 'any', 200],
  ['GET', '/metrics', 'metrics', 200],
];

/** What a route that reads a body is sent. */
function bodyOf(method: string, path: string): { readonly type: string; readonly text: string } | undefined {
  if (path === '/api/jobs' || path === '/api/submit')
    return method === 'POST' ? { type: 'application/json', text: JSON.stringify(JOB) } : undefined;
  if (method === 'PUT')
    return { type: 'application/json', text: JSON.stringify({ store_name: 'Nine', area_code: '9' }) };
  return path.endsWith('/import')
    ? { type: 'text/csv', text: 'AreaCode,StoreName,StoreID\n1,One,S2\n' }
    : undefined;
}

describe('keys with names and scopes', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    const named = SCOPES.map((scope) => `${scope}er:${scope}:${KEYS[scope]}`);
    server = await ServerProcess.start({
      DATABASE_URL: database.url,
      ROLE: 'api',
      API_KEYS: [...named, PLAIN, SHORT].join(),
    });
  }, 60_000);

  afterAll(async () => {
    await server.kill('SIGKILL');
    await database.drop();
  });

  async function send(
    key: string,
    method: string,
    path: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
    const body = bodyOf(method, path);
    const answer = await fetch(`${server.origin}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': body.type }), ...more },
      ...(body && { body: body.text }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** The lines of the log that have these fields, once there are so many. */
  async function lines(wanted: Readonly<Record<string, unknown>>, count = 1): Promise<object[]> {
    return until(
      async () => {
        const found = server.text
          .split('\n')
          .filter((text) => text.startsWith('{') && text.endsWith('}'))
          .map((text): Record<string, unknown> => JSON.parse(text))
          .filter((line) => Object.entries(wanted).every(([name, value]) => line[name] === value));
        return found.length < count ? undefined : found;
      },
      `${count} lines with ${JSON.stringify(wanted)}`,
    );
  }

  describe.each(ROUTES)('%s %s', (method, path, needs, status) => {
    const isAllowed = (scope: Scope): boolean => needs === 'any' || needs === scope;
    const [allowed, refused] = [SCOPES.filter(isAllowed), SCOPES.filter((scope) => !isAllowed(scope))];

    it.each([...allowed, 'plain' as const])('is open to a key with the scope it needs: %s', async (scope) => {
      // A store that is put a second time is changed.
      const statuses = status === 201 ? [200, 201] : [status];
      expect(statuses).toContain((await send(scope === 'plain' ? PLAIN : KEYS[scope], method, path)).status);
    });

    if (refused.length > 0) {
      it.each(refused)('is closed to a key with another scope: %s', async (scope) => {
        const answer = await send(KEYS[scope], method, path);
        expect([answer.status, JSON.parse(answer.text)]).toEqual([
          403,
          {
            error: `The key "${scope}er" lacks the scope "${needs}", which this request needs. Send a key that has it, or add the scope to this key in API_KEYS.`,
            code: 'missing_scope',
            details: [],
          },
        ]);
      });
    }

    it('is closed to a stranger', async () => {
      expect((await send(KEYS.read.slice(0, -1), method, path)).status).toBe(401);
    });
  });

  it('names every route of the document in the table above, with its scope', async () => {
    const document = (await (await fetch(`${server.origin}/openapi.json`)).json()) as {
      paths: Record<
        string,
        Record<string, { description: string; responses: Record<string, { description: string }> }>
      >;
    };
    const documented = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/api/') || path === '/metrics')
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { description, responses }]) => ({
          route: `${method.toUpperCase()} ${path}`,
          scope: /Needs a key with the scope `(\w+)`\.$/.exec(description)?.[1] ?? 'any',
          refusal: responses['403']?.description,
        })),
      );
    const shown = ROUTES.map(([method, path, scope]) => ({
      route: `${method} ${path
        .replace(/\?.*/, '')
        .replace(UNKNOWN, '{job_id}')
        .replace(/nobody|S9/, '{store_id}')}`,
      scope,
    }));
    const byRoute = (one: { route: string }, other: { route: string }): number =>
      one.route.localeCompare(other.route);
    expect(documented.map(({ route, scope }) => ({ route, scope })).toSorted(byRoute)).toEqual(
      shown.toSorted(byRoute),
    );
    for (const { scope, refusal } of documented.filter((each) => each.scope !== 'any'))
      expect(refusal).toContain(`The key lacks the scope \`${scope}\`.`);
  });

  it('answers a HEAD as it would the GET', async () => {
    expect((await send(KEYS.submit, 'HEAD', '/api/jobs')).status).toBe(403);
    expect((await send(KEYS.read, 'HEAD', '/api/jobs')).status).toBe(200);
  });

  it('refuses a job without reading it', async () => {
    const answer = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'x-api-key': KEYS.read, 'content-type': 'application/json' },
      body: '{"count": 1, "visits": [',
    });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'missing_scope' }),
    ]);
  });

  it('shows a caller its name and scopes', async () => {
    const me = async (key: string): Promise<unknown> => JSON.parse((await send(key, 'GET', '/api/me')).text);
    expect(await me(KEYS.review)).toEqual({ name: 'reviewer', scopes: ['review'], share: null });
    expect(await me(PLAIN)).toEqual({ name: nameOfPlain(PLAIN), scopes: SCOPES, share: null });
    expect(await me(SHORT)).toEqual({ name: nameOfPlain(SHORT), scopes: SCOPES, share: null });
  });

  it('takes the key of Authorization where both headers have one', async () => {
    const answer = await send(KEYS.read, 'GET', '/api/me', { authorization: `Bearer ${KEYS.submit}` });
    expect(JSON.parse(answer.text).name).toBe('submiter');
  });

  it('warns of a short plain key at the start, by its name', async () => {
    const found = await lines({ event: 'api_key_too_short' });
    expect(found).toEqual([expect.objectContaining({ level: 'warn', key_name: nameOfPlain(SHORT) })]);
  });

  it('records who submitted a job', async () => {
    const { job_id } = JSON.parse((await send(KEYS.submit, 'POST', '/api/jobs')).text);
    const job = JSON.parse((await send(KEYS.read, 'GET', `/api/jobs/${job_id}`)).text);
    expect(job).toMatchObject({ job_id, submitted_by: 'submiter' });
    const { items } = JSON.parse((await send(KEYS.read, 'GET', '/api/jobs?limit=1')).text);
    expect(items).toEqual([job]);
  });

  it('names the key in the line of each request', async () => {
    const id = 'a-request-of-the-reader';
    await send(KEYS.read, 'GET', '/api/stores', { 'x-request-id': id });
    expect(await lines({ event: 'request_finished', request_id: id })).toEqual([
      expect.objectContaining({ key_name: 'reader', status: 200 }),
    ]);
    await send('unknown-to-us', 'GET', '/api/stores', { 'x-request-id': 'a-strange-request' });
    const [strange] = await lines({ event: 'request_finished', request_id: 'a-strange-request' });
    expect(strange).not.toHaveProperty('key_name');
  });

  it('writes a line for each change, with who made it and what became of it', async () => {
    const audit = async (key: string, method: string, path: string, more = {}): Promise<object> => {
      const id = crypto.randomUUID();
      await send(key, method, path, { 'x-request-id': id, ...more });
      const [line, ...others] = await lines({ event: 'audit', request_id: id });
      expect(others).toEqual([]);
      expect(line).toMatchObject({ level: 'info', context: 'Audit' });
      return line ?? {};
    };
    const once = { 'idempotency-key': 'once' };
    const done = await audit(KEYS.submit, 'POST', '/api/jobs', once);
    expect(done).toMatchObject({ action: 'submit_job', key_name: 'submiter', outcome: 'done' });
    const { job_id } = done as { job_id: string };
    expect(job_id).toMatch(/^job_\d{14}_\w+$/);
    expect(await audit(KEYS.submit, 'POST', '/api/submit', once)).toMatchObject({
      job_id,
      outcome: 'replayed',
    });
    const manager = { key_name: 'manageer' };
    const refused = { outcome: 'refused', ...manager };
    const job = `/api/jobs/${job_id}`;
    expect(await audit(KEYS.manage, 'POST', `${job}/cancel`)).toMatchObject({
      ...refused,
      action: 'cancel_job',
      job_id,
      status: 409,
      code: 'job_failed',
    });
    expect(await audit(KEYS.manage, 'POST', `${job}/callback`)).toMatchObject({
      ...refused,
      action: 'send_callback',
    });
    expect(await audit(KEYS.manage, 'POST', `${job}/retry`)).toMatchObject({
      ...manager,
      action: 'retry_job',
      outcome: 'done',
    });
    expect(await audit(PLAIN, 'DELETE', job)).toMatchObject({
      action: 'delete_job',
      key_name: nameOfPlain(PLAIN),
    });
    const store = { ...manager, store_id: 'S9', outcome: 'done' };
    expect(await audit(KEYS.manage, 'PUT', '/api/stores/S9')).toMatchObject({
      ...store,
      action: 'put_store',
    });
    expect(await audit(KEYS.manage, 'DELETE', '/api/stores/S9')).toMatchObject({
      ...store,
      action: 'delete_store',
    });
    expect(await audit(KEYS.manage, 'POST', '/api/stores/import')).toMatchObject({
      ...manager,
      action: 'import_stores',
      outcome: 'done',
    });
    expect(await audit(KEYS.read, 'DELETE', '/api/stores/S9')).toMatchObject({
      key_name: 'reader',
      outcome: 'refused',
      status: 403,
      code: 'missing_scope',
    });
    expect(await audit(KEYS.read, 'POST', '/api/jobs')).toMatchObject({
      action: 'submit_job',
      outcome: 'refused',
      status: 403,
    });
  });

  it('never writes a key, or its digest beyond a name', () => {
    for (const key of [...Object.values(KEYS), PLAIN]) {
      expect(server.text).not.toContain(key);
      expect(server.text).not.toContain(createHash('sha256').update(key).digest('hex').slice(0, 12));
    }
  });
});

describe('keys across starts', () => {
  it('replay under another name, because an idempotency key belongs to the digest', async () => {
    const database = await createTestDatabase();
    const submit = async (key: string, apiKeys: string): Promise<readonly [string | null, string]> => {
      const server = await ServerProcess.start({
        DATABASE_URL: database.url,
        ROLE: 'api',
        API_KEYS: apiKeys,
      });
      const answer = await fetch(`${server.origin}/api/jobs`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json', 'idempotency-key': 'one' },
        body: JSON.stringify(JOB),
      });
      const { job_id } = (await answer.json()) as { job_id: string };
      await server.kill('SIGTERM');
      return [answer.headers.get('idempotent-replayed'), job_id];
    };
    const [first, jobId] = await submit(PLAIN, PLAIN);
    expect(first).toBeNull();
    expect(await submit(PLAIN, `renamed:submit:${PLAIN}`)).toEqual(['true', jobId]);
    expect((await submit(KEYS.read, `renamed:submit:${KEYS.read}`))[0]).toBeNull();
    await database.drop();
  }, 60_000);

  it.each([
    [`Bad:read:${PLAIN}`, 'entry 1 has a name that is not'],
    [`a:write:${PLAIN}`, 'entry 1 has an unknown scope'],
    ['a:read:tooshort', 'entry 1 has a key of fewer than 16 characters'],
  ])('stop the start in one line: %s', async (apiKeys, fault) => {
    const { status, text } = await ServerProcess.refusal({ API_KEYS: apiKeys });
    expect(status).toBe(1);
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(text).toContain(fault);
    expect(text).not.toContain('tooshort');
  });
});

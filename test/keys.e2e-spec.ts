import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from './support/database.js';
import {
  JOB,
  KEYS,
  KeyedServer,
  nameOfPlain,
  PLAIN,
  type Scope,
  SCOPES,
  SHORT,
} from './support/keyed-server.js';
import { ServerProcess } from './support/server-process.js';

const UNKNOWN = 'job_20200101000000_00000000000000000000';

/** Every route that needs a key: the scope that it needs, and how it answers a caller who has that. */
const ROUTES: readonly (readonly [method: string, path: string, needs: Scope | 'any', status: number])[] = [
  ['POST', '/api/jobs', 'submit', 201],
  ['POST', '/api/submit', 'submit', 201],
  ['GET', '/api/status?jobid=x', 'read', 400],
  ['GET', '/api/jobs', 'read', 200],
  ['GET', `/api/jobs/${UNKNOWN}`, 'read', 404],
  ['GET', `/api/jobs/${UNKNOWN}/images`, 'read', 404],
  ['GET', `/api/jobs/${UNKNOWN}/images/img_9_0`, 'read', 404],
  ['GET', `/api/jobs/${UNKNOWN}/failures`, 'read', 404],
  ['GET', `/api/jobs/${UNKNOWN}/events`, 'read', 404],
  ['POST', `/api/jobs/${UNKNOWN}/cancel`, 'manage', 404],
  ['POST', `/api/jobs/${UNKNOWN}/retry`, 'manage', 404],
  ['POST', `/api/jobs/${UNKNOWN}/callback`, 'manage', 404],
  ['DELETE', `/api/jobs/${UNKNOWN}`, 'manage', 404],
  ['POST', `/api/jobs/${UNKNOWN}/share`, 'manage', 409],
  ['GET', '/api/visits', 'read', 200],
  ['GET', '/api/visits/count', 'read', 200],
  ['GET', '/api/coverage?from=2026-11-01&to=2026-11-30', 'read', 200],
  ['GET', '/api/coverage/summary?from=2026-11-01&to=2026-11-30', 'read', 200],
  ['GET', '/api/visits/visit_9_0', 'read', 404],
  ['PUT', '/api/visits/visit_9_0/review', 'review', 404],
  ['DELETE', '/api/visits/visit_9_0/review', 'review', 404],
  ['GET', '/api/stores', 'read', 200],
  ['GET', '/api/stores/nobody', 'read', 404],
  ['PUT', '/api/stores/S9', 'manage', 201],
  ['DELETE', '/api/stores/nobody', 'manage', 404],
  ['POST', '/api/stores/import', 'manage', 200],
  ['GET', '/api/me', 'any', 200],
  ['GET', '/metrics', 'metrics', 200],
];

describe('keys with names and scopes', () => {
  let server: KeyedServer;

  beforeAll(async () => {
    server = await KeyedServer.start();
  }, 60_000);

  afterAll(() => server.close());

  describe.each(ROUTES)('%s %s', (method, path, needs, status) => {
    const isAllowed = (scope: Scope): boolean => needs === 'any' || needs === scope;
    const [allowed, refused] = [SCOPES.filter(isAllowed), SCOPES.filter((scope) => !isAllowed(scope))];

    it.each([...allowed, 'plain' as const])('a route accepts a key with its scope: %s', async (scope) => {
      // A store that is put a second time is changed.
      const statuses = status === 201 ? [200, 201] : [status];
      expect(statuses).toContain(
        (await server.send(scope === 'plain' ? PLAIN : KEYS[scope], method, path)).status,
      );
    });

    if (refused.length > 0) {
      it.each(refused)('a route refuses a key with another scope: %s', async (scope) => {
        const answer = await server.send(KEYS[scope], method, path);
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

    it('a route refuses a caller without a key', async () => {
      expect((await server.send(KEYS.read.slice(0, -1), method, path)).status).toBe(401);
    });
  });

  it('the OpenAPI document has every route with its scope', async () => {
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
        .replace(/nobody|S9/, '{store_id}')
        .replace('visit_9_0', '{visit_id}')
        .replace('img_9_0', '{image_id}')}`,
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

  it('a HEAD needs the same scope as the GET', async () => {
    expect((await server.send(KEYS.submit, 'HEAD', '/api/jobs')).status).toBe(403);
    expect((await server.send(KEYS.read, 'HEAD', '/api/jobs')).status).toBe(200);
  });

  it('a job without the scope is refused before its body is read', async () => {
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

  it('a caller can read the name and scopes of its key', async () => {
    const me = async (key: string): Promise<unknown> =>
      JSON.parse((await server.send(key, 'GET', '/api/me')).text);
    expect(await me(KEYS.review)).toEqual({ name: 'reviewer', scopes: ['review'], share: null });
    expect(await me(PLAIN)).toEqual({ name: nameOfPlain(PLAIN), scopes: SCOPES, share: null });
    expect(await me(SHORT)).toEqual({ name: nameOfPlain(SHORT), scopes: SCOPES, share: null });
  });

  it('the key in Authorization is used if both headers have one', async () => {
    const answer = await server.send(KEYS.read, 'GET', '/api/me', { authorization: `Bearer ${KEYS.submit}` });
    expect(JSON.parse(answer.text).name).toBe('submiter');
  });

  it('a job records who submitted it', async () => {
    const { job_id } = JSON.parse((await server.send(KEYS.submit, 'POST', '/api/jobs')).text);
    const job = JSON.parse((await server.send(KEYS.read, 'GET', `/api/jobs/${job_id}`)).text);
    expect(job).toMatchObject({ job_id, submitted_by: 'submiter' });
    const { items } = JSON.parse((await server.send(KEYS.read, 'GET', '/api/jobs?limit=1')).text);
    expect(items).toEqual([job]);
  });
});

describe('keys across starts', () => {
  it('an idempotency key works after its API key was renamed, because it belongs to the digest', async () => {
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
  ])('an invalid key setting ends the start with one line: %s', async (apiKeys, fault) => {
    const { status, text } = await ServerProcess.refusal({ API_KEYS: apiKeys });
    expect(status).toBe(1);
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(text).toContain(fault);
    expect(text).not.toContain('tooshort');
  });
});

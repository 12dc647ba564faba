import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createShareToken, deriveShareKey } from '../src/server/share/share-token.js';
import { type Answer, TestApplication } from './support/application.js';

const MANAGER = 'of-a-manager-0123456789';
const SUBMITTER = 'of-a-submitter-0123456789';
const PUBLIC_URL = 'https://photos.example.com/shelfline/';
const HOUR_MS = 3_600_000;

describe('shared links', () => {
  let shelfline: TestApplication;
  let jobId: string;
  let otherId: string;
  let token: string;

  const as = (key: string): { authorization: string } => ({ authorization: `Bearer ${key}` });
  const share = async (body: object, key = MANAGER): Promise<Answer> =>
    shelfline.send('POST', `/api/jobs/${jobId}/share`, JSON.stringify(body), as(key));

  async function submit(store: string): Promise<string> {
    const visit = { store_id: store, image_url: ['http://h/a.jpg'], visit_time: '2024-11-16T12:00:00Z' };
    const body = JSON.stringify({ count: 1, visits: [visit] });
    const answer = await shelfline.send('POST', '/api/jobs', body, as(SUBMITTER));
    return answer.json.job_id;
  }

  beforeAll(async () => {
    shelfline = await TestApplication.start({
      ROLE: 'api',
      API_KEYS: `boss:manage:${MANAGER},field:submit:${SUBMITTER}`,
      PUBLIC_URL,
      ALLOWED_HOSTS: '127.0.0.1',
    });
    jobId = await submit('S1');
    otherId = await submit('S2');
    const { json } = await share({ expires_in_hours: 24 });
    token = new URL(json.url).hash.slice(1);
  });

  afterAll(async () => {
    await shelfline.close();
  });

  it('a link stands at the public address, with the token in the fragment', async () => {
    const { status, json } = await share({ expires_in_hours: 1 });
    expect([status, json.url]).toEqual([
      200,
      expect.stringMatching(/^https:\/\/photos\.example\.com\/shelfline\/shared#share_[\w-]+\.[\w-]+$/),
    ]);
  });

  it.each([
    '/api/jobs/{job}',
    '/api/jobs/{job}/images',
    '/api/jobs/{job}/images?format=csv',
    '/api/jobs/{job}/images?error_code=timeout&host=h',
    '/api/jobs/{job}/failures',
    '/api/status?jobid={job}',
    '/api/status?job_id={job}',
  ])('a link reads its job (%s)', async (path) => {
    const own = await shelfline.get(path.replace('{job}', jobId), as(token));
    expect(own.status).toBe(200);
    const other = await shelfline.get(path.replace('{job}', otherId), as(token));
    expect([other.status, other.json.code]).toEqual([403, 'shared_link']);
  });

  it('a link reads one image of its job, and none of another', async () => {
    const [image] = (await shelfline.get(`/api/jobs/${jobId}/images`, as(token))).json.items;
    const own = await shelfline.get(`/api/jobs/${jobId}/images/${image.image_id}`, as(token));
    expect([own.status, own.json]).toEqual([200, image]);
    const [foreign] = await shelfline.database.query<{ image_id: string }>(
      `SELECT 'img_' || id || '_0' AS image_id FROM shelfline.job WHERE job_id = '${otherId}'`,
    );
    const inOwn = await shelfline.get(`/api/jobs/${jobId}/images/${foreign?.image_id}`, as(token));
    expect([inOwn.status, inOwn.json.code]).toEqual([404, 'image_not_found']);
    const inOther = await shelfline.get(`/api/jobs/${otherId}/images/${foreign?.image_id}`, as(token));
    expect([inOther.status, inOther.json.code]).toEqual([403, 'shared_link']);
  });

  it('a link follows the progress of its job', async () => {
    const abort = new AbortController();
    const answer = await fetch(`${shelfline.origin}/api/jobs/${jobId}/events`, {
      headers: as(token),
      signal: abort.signal,
    });
    expect(answer.status).toBe(200);
    abort.abort();
  });

  it.each([
    ['GET', '/api/jobs'],
    ['GET', '/api/visits?job_id={job}'],
    ['GET', '/api/visits/visit_1_0'],
    ['GET', '/api/visits/count?job_id={job}'],
    ['GET', '/api/coverage?from=2026-11-16&to=2026-11-22'],
    ['GET', '/api/coverage/summary?from=2026-11-16&to=2026-11-22'],
    ['GET', '/api/stores'],
    ['GET', '/api/stores/S1'],
    ['POST', '/api/jobs/{job}/cancel'],
    ['POST', '/api/jobs/{job}/retry'],
    ['POST', '/api/jobs/{job}/callback'],
    ['POST', '/api/jobs/{job}/share'],
    ['DELETE', '/api/jobs/{job}'],
    ['POST', '/api/jobs'],
    ['POST', '/api/stores/import'],
    ['PUT', '/api/stores/S1'],
    ['GET', '/metrics'],
    ['GET', '/api/status?jobid={job}&jobid=x'],
  ])('a link opens nothing else (%s %s)', async (method, path) => {
    const target = path.replace('{job}', jobId);
    const answer =
      method === 'GET'
        ? await shelfline.get(target, as(token))
        : await shelfline.send(method, target, '{}', as(token));
    expect([answer.status, answer.json.code]).toEqual([403, 'shared_link']);
  });

  it('a link says what it opens and until when, and not who made it', async () => {
    const { json, text } = await shelfline.get('/api/me', as(token));
    expect(json).toEqual({
      name: null,
      scopes: ['read'],
      share: { job_id: jobId, expires_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(Date.parse(json.share.expires_at) - Date.now()).toBeLessThanOrEqual(24 * HOUR_MS);
    expect(text).not.toContain('boss');
  });

  it('a link whose time is over is refused as no key', async () => {
    const expired = createShareToken(
      { jobId, expiresAt: new Date(Date.now() - 1000) },
      deriveShareKey(MANAGER),
    );
    expect((await shelfline.get(`/api/jobs/${jobId}`, as(expired))).status).toBe(401);
  });

  it('a link of a key that the server no longer has is refused', async () => {
    const revoked = createShareToken(
      { jobId, expiresAt: new Date(Date.now() + HOUR_MS) },
      deriveShareKey('a-key-that-was-removed'),
    );
    expect((await shelfline.get(`/api/jobs/${jobId}`, as(revoked))).status).toBe(401);
  });

  it.each([{}, { expires_in_hours: 0 }, { expires_in_hours: 721 }, { expires_in_hours: '24' }])(
    'the time of a link is 1 to 720 hours (%j)',
    async (body) => {
      const { status, json } = await share(body);
      expect([status, json.details[0].path]).toEqual([400, 'expires_in_hours']);
    },
  );

  it('a link needs the scope manage', async () => {
    expect((await share({ expires_in_hours: 1 }, SUBMITTER)).status).toBe(403);
  });

  it('a link to a job that does not exist is not made', async () => {
    const unknown = jobId.replace(/.{4}$/, '0000');
    const answer = await shelfline.send(
      'POST',
      `/api/jobs/${unknown}/share`,
      '{"expires_in_hours":1}',
      as(MANAGER),
    );
    expect([answer.status, answer.json.error]).toEqual([404, 'Job not found']);
  });
});

describe('a server that cannot share', () => {
  it.each([
    [{ API_KEYS: `boss:manage:${MANAGER}` }, 'no_public_url', 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'http://localhost' }, 'no_keys', 'no keys'],
  ])('says what it needs (%j)', async (settings: Readonly<Record<string, string>>, code, text) => {
    const shelfline = await TestApplication.start({ ROLE: 'api', ...settings });
    try {
      const answer = await shelfline.send(
        'POST',
        '/api/jobs/job_20241116100000_8f14e45fceea167a5a36/share',
        '{"expires_in_hours":1}',
        { 'x-api-key': MANAGER },
      );
      expect([answer.status, answer.json.code, answer.json.error]).toEqual([
        409,
        code,
        expect.stringContaining(text),
      ]);
    } finally {
      await shelfline.close();
    }
  });
});

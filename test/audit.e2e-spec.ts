import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEYS, KeyedServer, nameOfPlain, PLAIN, SHORT } from './support/keyed-server.js';

describe('the log of a server with keys', () => {
  let server: KeyedServer;

  beforeAll(async () => {
    server = await KeyedServer.start();
  }, 60_000);

  afterAll(() => server.close());

  it('the log warns of a short plain key at the start, by its name', async () => {
    const found = await server.lines({ event: 'api_key_too_short' });
    expect(found).toEqual([expect.objectContaining({ level: 'warn', key_name: nameOfPlain(SHORT) })]);
  });

  it('the log line of each request names the key', async () => {
    const id = 'a-request-of-the-reader';
    await server.send(KEYS.read, 'GET', '/api/stores', { 'x-request-id': id });
    expect(await server.lines({ event: 'request_finished', request_id: id })).toEqual([
      expect.objectContaining({ key_name: 'reader', status: 200 }),
    ]);
    await server.send('unknown-to-us', 'GET', '/api/stores', { 'x-request-id': 'a-strange-request' });
    const [strange] = await server.lines({ event: 'request_finished', request_id: 'a-strange-request' });
    expect(strange).not.toHaveProperty('key_name');
  });

  it('the log has a line for each change, with who made it and its result', async () => {
    const audit = async (key: string, method: string, path: string, more = {}): Promise<object> => {
      const id = crypto.randomUUID();
      await server.send(key, method, path, { 'x-request-id': id, ...more });
      const [line, ...others] = await server.lines({ event: 'audit', request_id: id });
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
    const dryRun = await audit(KEYS.submit, 'POST', '/api/jobs?dry_run=true');
    expect(dryRun).toMatchObject({ action: 'submit_job', key_name: 'submiter', outcome: 'checked' });
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
    const listed = JSON.parse((await server.send(KEYS.read, 'GET', `/api/visits?job_id=${job_id}`)).text);
    const { visit_id } = listed.items[0];
    const reviewed = { key_name: 'reviewer', visit_id, outcome: 'done' };
    const path = `/api/visits/${visit_id}/review`;
    expect(await audit(KEYS.review, 'PUT', path)).toMatchObject({ ...reviewed, action: 'review_visit' });
    expect(await audit(KEYS.review, 'DELETE', path)).toMatchObject({ ...reviewed, action: 'delete_review' });
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

  it('the log never contains a key, nor its digest beyond a name', () => {
    for (const key of [...Object.values(KEYS), PLAIN]) {
      expect(server.text).not.toContain(key);
      expect(server.text).not.toContain(createHash('sha256').update(key).digest('hex').slice(0, 12));
    }
  });
});

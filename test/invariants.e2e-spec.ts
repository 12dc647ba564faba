import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { checkInvariants, verdictsOn } from '../scripts/invariants.ts';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';
import { counted } from './support/photo-scenario.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

function callback(state: string): string {
  return `INSERT INTO shelfline.callback (job, run, webhook_id, url, body, state, attempts, last_status, last_attempt_at)
          SELECT id, run, 'msg_1', 'http://h/', '{}', ${state} FROM shelfline.job`;
}

/** What breaks a rule, and the rule. A job of three visits with two images each; the last image failed. */
const BREAKS: readonly (readonly [rule: string, statement: string])[] = [
  [
    'image_of_an_ended_job_is_pending',
    `UPDATE shelfline.image SET status = 'pending', width = NULL, height = NULL, perimeter = NULL WHERE seq = 0`,
  ],
  ['counters_differ_from_rows', 'UPDATE shelfline.job SET succeeded = succeeded - 1, failed = failed + 1'],
  ['counters_do_not_add_up', 'UPDATE shelfline.job SET total = total + 1'],
  ['ongoing_job_has_nothing_pending', `UPDATE shelfline.job SET status = 'ongoing'`],
  ['job_ended_in_the_wrong_state', `UPDATE shelfline.job SET status = 'completed'`],
  [
    'pending_image_without_a_task',
    `WITH job AS (UPDATE shelfline.job SET status = 'ongoing' RETURNING id)
     UPDATE shelfline.image SET status = 'pending' FROM job WHERE job = id AND seq = 3`,
  ],
  ['rows_behind_without_a_task', 'UPDATE shelfline.job SET rows_behind = true'],
  [
    'task_left_behind',
    `INSERT INTO shelfline_queue.job (name, data)
     SELECT 'images', jsonb_build_object('job', id::text, 'run', run, 'from', 0, 'to', 6) FROM shelfline.job`,
  ],
  ['row_of_a_job_that_is_not_there', 'DELETE FROM shelfline.job'],
  ['perimeter_is_not_that_of_the_size', 'UPDATE shelfline.image SET perimeter = 11 WHERE seq = 0'],
  ['finished_at_does_not_fit_the_status', 'UPDATE shelfline.job SET finished_at = NULL'],
  [
    'visits_do_not_cover_the_images',
    'UPDATE shelfline.visit SET first_image = 1, image_count = 1 WHERE seq = 0',
  ],
  ['image_does_not_tell_its_state', `UPDATE shelfline.image SET error = NULL WHERE status = 'failed'`],
  ['end_without_a_callback', `UPDATE shelfline.job SET callback_url = 'http://h/'`],
  ['flags_pending_without_a_task', 'UPDATE shelfline.job SET flags = NULL, flags_pending = true'],
  [
    'flags_of_an_image_that_was_not_measured',
    `UPDATE shelfline.image SET file_key = 1 WHERE status = 'failed'`,
  ],
  ['flags_of_a_visit_differ_from_those_of_its_images', 'UPDATE shelfline.visit SET flags = 1 WHERE seq = 0'],
  ['callback_without_a_task', callback(`'waiting', 0, NULL, NULL`)],
  ['callback_does_not_tell_its_state', callback(`'delivered', 1, 500, now()`)],
];

describe('the invariants', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  let client: Client;

  beforeAll(async () => {
    host = await ImageHost.start();
    shelfline = await TestApplication.start();
    client = new Client({ connectionString: shelfline.database.url });
    await client.connect();
    const image_url = [host.serve('/a.gif', GIF), host.serve('/b.gif', GIF)];
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url },
      { store_id: 'RP00003', image_url },
      { store_id: 'RP00004', image_url: [host.url('/a.gif'), host.url('/missing.gif')] },
    ]);
    await counted(shelfline, jobId);
  });

  afterAll(async () => {
    await client.end();
    await shelfline.close();
    await host.close();
  });

  it('all invariants hold for a job that ran, and each of them has a case', async () => {
    const verdicts = await checkInvariants(client, { graceSeconds: 0 });
    expect(verdicts.filter(({ offending }) => offending.length > 0)).toEqual([]);
    expect(verdicts.map(({ name }) => name)).toEqual(BREAKS.map(([rule]) => rule));
  });

  it.each(BREAKS)('the invariant %s finds a row that violates it', async (rule, statement) => {
    await client.query('BEGIN');
    await client.query('ALTER TABLE shelfline.job DROP CONSTRAINT job_counters');
    await client.query(`SET LOCAL shelfline.grace = '0'`);
    await client.query(statement);
    const verdicts = await verdictsOn(client);
    await client.query('ROLLBACK');
    expect(verdicts.find(({ name }) => name === rule)?.offending).not.toEqual([]);
  });

  it('all invariants hold for a job whose retry was cancelled before its sweep', async () => {
    const api = await TestApplication.start({ ROLE: 'api' });
    const jobId = await api.submit([{ store_id: 'NOWHERE', image_url: [host.url('/a.gif')] }]);
    await api.post(`/api/jobs/${jobId}/retry`, '');
    await api.post(`/api/jobs/${jobId}/cancel`, '');
    const worker = await TestApplication.startOn(api.database, { ROLE: 'worker' });
    await until(async () => {
      const [job] = await api.database.query<{ rows_behind: boolean }>(
        'SELECT rows_behind FROM shelfline.job',
      );
      return job?.rows_behind === false ? true : undefined;
    }, 'the end of the sweep');
    const observer = new Client({ connectionString: api.database.url });
    await observer.connect();
    const verdicts = await checkInvariants(observer);
    await observer.end();
    await worker.stop();
    await api.close();
    expect(verdicts.filter(({ offending }) => offending.length > 0)).toEqual([]);
  });

  it('all invariants hold for tasks that wait for a worker for any time', async () => {
    const api = await TestApplication.start({ ROLE: 'api' });
    const visits = [{ store_id: 'RP00002', image_url: [host.url('/a.gif'), host.url('/b.gif')] }];
    const [, cancelled, retried, deleted] = [
      await api.submit(visits),
      await api.submit(visits),
      await api.submit(visits),
      await api.submit(visits),
    ];
    for (const jobId of [cancelled, retried, deleted]) await api.post(`/api/jobs/${jobId}/cancel`, '');
    await api.post(`/api/jobs/${retried}/retry`, '');
    await api.send('DELETE', `/api/jobs/${deleted}`, '');
    await api.database.query(
      `UPDATE shelfline_queue.job
          SET created_on = created_on - interval '1 hour', start_after = start_after - interval '1 hour'`,
    );
    expect(await brokenIn(api)).toEqual([]);

    // Workers took what came after a task, and left that.
    await api.database.query(
      `INSERT INTO shelfline_queue.job (name, priority, state, data, started_on)
       SELECT name, priority, 'completed', data, now() FROM shelfline_queue.job WHERE name = 'images' LIMIT 1`,
    );
    expect(await brokenIn(api)).toEqual(['task_left_behind']);
    await api.close();
  });

  async function brokenIn(application: TestApplication): Promise<string[]> {
    const observer = new Client({ connectionString: application.database.url });
    await observer.connect();
    const verdicts = await checkInvariants(observer);
    await observer.end();
    return verdicts.filter(({ offending }) => offending.length > 0).map(({ name }) => name);
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JobsService, type Submission } from '../src/index.js';
import { TenantGuard, TestPlatform } from './support/platform.js';

const SUBMISSION: Submission = {
  count: 1,
  visits: [{ store_id: 'S1', image_url: ['http://host.test/a.gif'], visit_time: '2024-11-16T12:00:00Z' }],
};
const HEADERS = { 'x-tenant': 'acme', 'content-type': 'application/json' };

describe.each([
  { strict: undefined, status: 200 },
  { strict: false, status: 200 },
  { strict: true, status: 400 },
])('in a platform that sets refuseUnknownParameters to $strict', ({ strict, status }) => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await TestPlatform.start({
      role: 'api',
      controllers: { path: 'photos', guards: [TenantGuard] },
      options: strict === undefined ? {} : { http: { refuseUnknownParameters: strict } },
    });
  });

  afterAll(() => platform.stop());

  it(`an unknown query parameter is answered with ${status}`, async () => {
    const answer = await fetch(`${platform.origin}/platform/photos/jobs?stauts=failed`, { headers: HEADERS });
    expect(answer.status).toBe(status);
  });

  it('a job that is submitted over HTTP has no submitter in a platform', async () => {
    const answer = await fetch(`${platform.origin}/platform/photos/jobs`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(SUBMISSION),
    });
    const { job_id } = (await answer.json()) as { job_id: string };
    const jobs = platform.app.get(JobsService, { strict: false });
    expect(await jobs.get(job_id)).toMatchObject({ submitted_by: null });
  });

  it('the platform answers a method that a path does not support', async () => {
    const answer = await fetch(`${platform.origin}/platform/photos/jobs`, {
      method: 'PATCH',
      headers: HEADERS,
    });
    expect([answer.status, await answer.json()]).toEqual([404, { teapot: true, status: 404 }]);
  });

  it('a platform has no route that shows a key', async () => {
    const answer = await fetch(`${platform.origin}/platform/photos/me`, { headers: HEADERS });
    expect([answer.status, await answer.json()]).toEqual([404, { teapot: true, status: 404 }]);
  });
});

describe('a platform that submits by code', () => {
  let platform: TestPlatform;
  let jobs: JobsService;

  beforeAll(async () => {
    platform = await TestPlatform.start({ role: 'api', controllers: false });
    jobs = platform.app.get(JobsService, { strict: false });
  });

  afterAll(() => platform.stop());

  it('a platform can name the submitter of a job', async () => {
    const { jobId } = await jobs.submit(SUBMISSION, { submittedBy: 'Ana Ñ. (field)' });
    expect(await jobs.get(jobId)).toMatchObject({ submitted_by: 'Ana Ñ. (field)' });
    expect((await jobs.list({ limit: 1 })).items).toMatchObject([{ submitted_by: 'Ana Ñ. (field)' }]);
  });

  it.each([{}, { submittedBy: null }])('a platform may submit without a submitter: %j', async (options) => {
    const { jobId } = await jobs.submit(SUBMISSION, options);
    expect(await jobs.get(jobId)).toMatchObject({ submitted_by: null });
  });

  it.each(['', 'x'.repeat(201), 'a\u0000b', '\ud800'])(
    'an invalid name of a submitter is refused: %j',
    async (submittedBy) => {
      await expect(jobs.submit(SUBMISSION, { submittedBy })).rejects.toThrow(/^submittedBy must/);
    },
  );

  it('a submission is replayed for any submitter with its idempotency key', async () => {
    const first = await jobs.submit(SUBMISSION, { idempotencyKey: 'one', submittedBy: 'ana' });
    const again = await jobs.submit(SUBMISSION, { idempotencyKey: 'one', submittedBy: 'ben' });
    expect(again).toEqual({ jobId: first.jobId, replayed: true });
    expect(await jobs.get(first.jobId)).toMatchObject({ submitted_by: 'ana' });
  });
});

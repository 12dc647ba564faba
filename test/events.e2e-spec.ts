import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { EventStream } from '../src/events/event-stream.js';
import { JobEventsService } from '../src/jobs/progress/job-events.service.js';
import { TestApplication } from './support/application.js';
import { EventReader, type ReadEvent } from './support/event-reader.js';
import { Gate, ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const UNKNOWN = 'job_20241116100000_00000000000000000000';
const LISTENERS = 200;
/** One caller may hold three quarters of them. */
const MAX_STREAMS = Math.ceil((LISTENERS * 4) / 3);

describe('the events of a job', () => {
  let host: ImageHost;
  /** Takes jobs and answers, and processes nothing. */
  let api: TestApplication;
  /** Another on the same database, which processes as well. */
  let all: TestApplication;
  const readers: EventReader[] = [];
  const gates: Gate[] = [];

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
    all = await TestApplication.start();
    api = await TestApplication.startOn(all.database, {
      ROLE: 'api',
      EVENT_STREAMS_MAX: String(MAX_STREAMS),
      EVENT_HEARTBEAT_MS: '20',
    });
  });

  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    for (const gate of gates.splice(0)) gate.open();
  });

  afterAll(async () => {
    await api.stop();
    await all.close();
    await host.close();
  });

  async function listen(
    jobId: string,
    headers: Record<string, string> = {},
    at: TestApplication = api,
  ): Promise<EventReader> {
    const reader = await EventReader.open(`${at.origin}/api/jobs/${jobId}/events`, headers);
    readers.push(reader);
    return reader;
  }

  /** A job of images, all but the first of which wait for the gate. */
  async function gatedJob(name: string, gate: Gate, images = 3): Promise<string> {
    gates.push(gate);
    const held = Array.from({ length: images - 1 }, (_, n) => host.serve(`/${name}-${n}.gif`, GIF, { gate }));
    return all.submit([{ store_id: 'RP00002', image_url: [host.url('/a.gif'), ...held] }]);
  }

  const begun = ({ data }: ReadEvent): boolean => data.succeeded === 1;
  const lastEventId = (id: string): Record<string, string> => ({ 'Last-Event-ID': id });

  it('events come from any process: the present state, each change, and the end of the job', async () => {
    const gate = new Gate();
    const jobId = await gatedJob('two', gate);
    const reader = await listen(jobId);
    expect(reader.status).toBe(200);
    expect(Object.fromEntries(reader.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(await reader.find(begun)).toEqual({
      name: 'progress',
      id: undefined,
      data: { total: 3, pending: 2, succeeded: 1, failed: 0, skipped: 0 },
    });
    // Who comes late is told at once.
    expect((await (await listen(jobId)).next())?.data).toMatchObject({ pending: 2 });
    gate.open();
    const rest = await reader.rest();
    const job = await all.finished(jobId);
    expect(rest.at(-1)).toEqual({ name: 'finished', id: 'finished-1', data: job });
    expect(rest.slice(0, -1).every(({ name }) => name === 'progress')).toBe(true);
    expect(job).toMatchObject({ status: 'completed', images: { succeeded: 3 } });
    expect(await (await listen(jobId)).rest()).toEqual([rest.at(-1)]);
  });

  it('200 listeners cost one query stream, and one listener more is refused for now', async () => {
    const gate = new Gate();
    const jobId = await gatedJob('many', gate);
    const query = jest.spyOn(api.app.get(DataSource), 'query');
    const listening = await Promise.all(Array.from({ length: LISTENERS }, async () => listen(jobId)));
    expect(listening.map(({ status }) => status)).toEqual(Array(LISTENERS).fill(200));
    const refused = await api.get(`/api/jobs/${jobId}/events`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.json).toMatchObject({ code: 'busy' });

    query.mockClear();
    gate.open();
    const ends = await Promise.all(
      listening.map(async (reader) => reader.find(({ id }) => id !== undefined)),
    );
    expect(new Set(ends.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    // By itself, each of them would have caused a statement at the least.
    expect(query.mock.calls.length).toBeLessThan(LISTENERS / 2);
    query.mockRestore();
    expect((await listen(jobId)).status).toBe(200);
  });

  it('a listener that has received the end gets 204 until the job is retried', async () => {
    const gate = new Gate();
    const jobId = await all.submit([
      { store_id: 'RP00002', image_url: [host.url('/late.gif'), host.url('/a.gif')] },
    ]);
    const [first] = (await (await listen(jobId)).rest()).slice(-1);
    expect(first).toMatchObject({ name: 'finished', id: 'finished-1', data: { status: 'failed' } });
    const again = await listen(jobId, lastEventId('finished-1'));
    expect([again.status, again.headers.get('content-type')]).toEqual([204, null]);
    expect((await listen(jobId, lastEventId('other'))).status).toBe(200);

    host.serve('/late.gif', GIF, { gate });
    await all.post(`/api/jobs/${jobId}/retry`, '');
    const retried = await listen(jobId, lastEventId('finished-1'));
    expect(await retried.next()).toMatchObject({
      name: 'progress',
      data: { total: 2, pending: 1, succeeded: 1, failed: 0, skipped: 0 },
    });
    gate.open();
    const [second] = (await retried.rest()).slice(-1);
    expect(second).toMatchObject({ name: 'finished', id: 'finished-2', data: { status: 'completed' } });
    expect((await listen(jobId, lastEventId('finished-1'))).status).toBe(200);
    expect((await listen(jobId, lastEventId('finished-2'))).status).toBe(204);
  });

  it('events end with a cancel as if its rows had been swept', async () => {
    const jobId = await gatedJob('cancelled', new Gate(), 10);
    const reader = await listen(jobId);
    await reader.find(begun);
    const { json } = await api.post(`/api/jobs/${jobId}/cancel`, '');
    const [end] = (await reader.rest()).slice(-1);
    // The flags are counted after the cancel was answered.
    expect(end?.data).toEqual({ ...json, flags: { not_a_camera_format: 1, too_small: 1 } });
    expect(json).toMatchObject({
      status: 'cancelled',
      flags: null,
      images: { pending: 0, succeeded: 1, skipped: 9 },
    });
  });

  it('events continue through a retry between two readings, to the end of that run', async () => {
    const gate = new Gate();
    const jobId = await gatedJob('again', gate);
    const reader = await listen(jobId);
    await reader.find(begun);
    // As a cancel and a retry in the same moment leave it.
    await all.database.query(
      'UPDATE shelfline.job SET run = run + 1, pending = 3, succeeded = 0 WHERE job_id = $1',
      [jobId],
    );
    await reader.find(({ data }) => data.pending === 3);
    await all.post(`/api/jobs/${jobId}/cancel`, '');
    expect((await reader.rest()).at(-1)).toMatchObject({ name: 'finished', id: 'finished-2' });
  });

  it('events end when their job is deleted', async () => {
    const jobId = await gatedJob('deleted', new Gate());
    const reader = await listen(jobId);
    await reader.find(begun);
    // A cancel and a delete, as they are seen when both have come between two readings.
    await all.database.query('DELETE FROM shelfline.job WHERE job_id = $1', [jobId]);
    expect(await reader.rest()).toEqual([{ name: 'deleted', id: undefined, data: { job_id: jobId } }]);
    expect((await listen(jobId)).status).toBe(404);
  });

  it.each([UNKNOWN, 'job_1', '%00'])('events of an unknown job are 404: %s', async (jobId) => {
    const { status, json } = await api.get(`/api/jobs/${jobId}/events`);
    expect({ status, json }).toEqual({
      status: 404,
      json: { error: 'Job not found', code: 'job_not_found', details: [] },
    });
  });

  it('a listener that disconnects before its events begin is not watched', async () => {
    const jobId = await gatedJob('gone', new Gate());
    const gone: Pick<EventStream, 'onceClosed'> = { onceClosed: (callback) => callback() };
    const events = api.app.get(JobEventsService, { strict: false });
    expect(await events.follow(jobId, gone as EventStream)).toBeUndefined();
    await all.post(`/api/jobs/${jobId}/cancel`, '');
  });

  it('HEAD gets no event, and an idle event stream sends heartbeats', async () => {
    const jobId = await gatedJob('quiet', new Gate());
    const head = await fetch(`${api.origin}/api/jobs/${jobId}/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
    const reader = await listen(jobId);
    await reader.find(begun);
    const next = reader.next();
    await until(async () => (reader.comments > 1 ? true : undefined), 'two signs of life');
    await all.post(`/api/jobs/${jobId}/cancel`, '');
    expect((await next)?.name).toBe('finished');
  });

  it('event streams end when the application closes', async () => {
    const other = await TestApplication.startOn(all.database, { ROLE: 'api' });
    const jobId = await gatedJob('closed', new Gate());
    const reader = await listen(jobId, {}, other);
    await reader.find(begun);
    await other.stop();
    expect(await reader.rest()).toEqual([]);
    await all.post(`/api/jobs/${jobId}/cancel`, '');
  });
});

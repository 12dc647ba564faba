/** The client package, as it is published, against the built server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createShelflineClient, type JobEvent, type ShelflineClient, ShelflineError } from 'shelfline-client';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { Gate, ImageHost } from './support/image-host.js';
import { ServerProcess } from './support/server-process.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const KEY = 'the-key-of-the-test-0123';
const READER = 'the-key-of-a-reader-0123';
const UNKNOWN = 'job_20241116100000_00000000000000000000';
const TIME = '2026-11-17T12:00:00Z';

describe('the client', () => {
  let database: TestDatabase;
  let host: ImageHost;
  let server: ServerProcess;
  let client: ShelflineClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    host = await ImageHost.start();
    server = await start();
    client = createShelflineClient({ origin: server.origin, apiKey: KEY });
    await client.stores.put('S1', { store_name: 'One', area_code: '1' });
  });

  afterAll(async () => {
    await server.kill('SIGKILL');
    await database.drop();
    await host.close();
  });

  async function start(port = '0'): Promise<ServerProcess> {
    return ServerProcess.start({
      DATABASE_URL: database.url,
      PORT: port,
      API_KEYS: `${KEY},reader:read:${READER}`,
      IMAGE_RETRY_BASE_MS: '50',
    });
  }

  async function submit(images: readonly string[], reference: string): Promise<string> {
    const visits = images.map((url) => ({ store_id: 'S1', image_url: [url], visit_time: TIME }));
    return (await client.jobs.submit({ count: visits.length, visits, reference })).job_id;
  }

  async function end(jobId: string): Promise<JobEvent | undefined> {
    let last: JobEvent | undefined;
    for await (const event of client.jobs.events(jobId)) last = event;
    return last;
  }

  it('says whose key it has', async () => {
    expect(await client.me()).toMatchObject({ scopes: ['read', 'submit', 'review', 'manage', 'metrics'] });
    const reader = createShelflineClient({ origin: `${server.origin}/`, apiKey: READER });
    expect(await reader.me()).toEqual({ name: 'reader', scopes: ['read'], share: null });
  });

  it('submits a job, follows it to its end and reads its images', async () => {
    const jobId = await submit([host.serve('/one.gif', GIF)], 'followed');
    const seen: JobEvent[] = [];
    for await (const event of client.jobs.events(jobId)) seen.push(event);
    expect(seen.at(-1)).toMatchObject({ type: 'finished', job: { job_id: jobId, status: 'completed' } });
    const images = await Array.fromAsync(client.jobs.images(jobId));
    expect(images).toMatchObject([{ status: 'succeeded', width: 2, height: 3, store_id: 'S1' }]);
    const csv = await (await client.jobs.exportImages(jobId, 'csv')).text();
    expect(csv.split('\n')[1]).toContain('one.gif');
  });

  it('reads a list to its end, page by page, and no further than it is asked to', async () => {
    const url = host.serve('/listed.gif', GIF);
    const submitted: string[] = [];
    for (let n = 0; n < 5; n += 1) submitted.unshift(await submit([url], 'listed'));
    const list = client.jobs.list({ reference: 'listed', limit: 2 });
    const ids: string[] = [];
    for await (const { job_id: jobId } of list) ids.push(jobId);
    expect(ids).toEqual(submitted);
    const sizes: number[] = [];
    for await (const { items } of list.pages()) sizes.push(items.length);
    expect(sizes).toEqual([2, 2, 1]);
    const first = await list.page();
    expect((await list.page(first.next_cursor)).items.map((job) => job.job_id)).toEqual(
      submitted.slice(2, 4),
    );

    let requests = 0;
    const counted = createShelflineClient({
      origin: server.origin,
      apiKey: KEY,
      fetch: (request) => {
        requests += 1;
        return fetch(request);
      },
    });
    for await (const job of counted.jobs.list({ limit: 2 })) {
      expect(job.job_id).toMatch(/^job_/);
      break;
    }
    expect(requests).toBe(1);
  });

  it('checks a file without keeping it, and submits it once with a key of its own', async () => {
    const url = host.serve('/file.gif', GIF);
    const content = `store_id,image_url,visit_time\nS1,${url},${TIME}\nS2,${url},soon\n`;
    const file = { type: 'text/csv', content } as const;
    expect(await client.jobs.checkFile(file)).toMatchObject({
      valid: false,
      fault_count: 1,
      faults: [{ row: 3, column: 'visit_time', value: 'soon' }],
    });
    const mended = { ...file, content: content.replace('soon', TIME) };
    expect(await client.jobs.checkFile(mended, { reference: 'checked' })).toMatchObject({
      valid: true,
      visits: 2,
      unknown_stores: [{ store_id: 'S2', visits: 1 }],
    });
    expect(await Array.fromAsync(client.jobs.list({ reference: 'checked' }))).toEqual([]);
    const options = { idempotencyKey: 'checked-once' };
    const first = await client.jobs.submitFile(mended, { reference: 'checked' }, options);
    expect(await client.jobs.submitFile(mended, { reference: 'checked' }, options)).toEqual(first);
    expect(await Array.fromAsync(client.jobs.list({ reference: 'checked' }))).toHaveLength(1);
  });

  it('streams a body of any length', async () => {
    const url = host.serve('/streamed.gif', GIF);
    const line = `${JSON.stringify({ store_id: 'S1', image_url: [url], visit_time: TIME })}\n`;
    const content = ReadableStream.from([line, line]).pipeThrough(new TextEncoderStream());
    const { job_id: jobId } = await client.jobs.submitFile({ type: 'application/x-ndjson', content });
    expect(await end(jobId)).toMatchObject({ job: { count: 2 } });
  });

  it('cancels, retries and deletes a job', async () => {
    const gate = new Gate();
    const jobId = await submit([host.serve('/held.gif', GIF, { gate })], 'controlled');
    expect(await client.jobs.cancel(jobId)).toMatchObject({ status: 'cancelled', images: { skipped: 1 } });
    gate.open();
    expect(await client.jobs.retry(jobId)).toMatchObject({ status: 'ongoing' });
    expect(await end(jobId)).toMatchObject({ type: 'finished', job: { status: 'completed' } });
    await client.jobs.delete(jobId);
    await expect(client.jobs.get(jobId)).rejects.toMatchObject({ status: 404, message: 'Job not found' });
  });

  it('reviews a visit and takes the review back', async () => {
    const jobId = await submit([host.serve('/visited.gif', GIF)], 'visited');
    await end(jobId);
    const [visit] = await Array.fromAsync(client.visits.list({ job_id: jobId }));
    const visitId = visit?.visit_id ?? '';
    const review = { state: 'needs_attention', note: 'Blurred' } as const;
    expect(await client.visits.review(visitId, review)).toMatchObject({ review });
    await client.visits.deleteReview(visitId);
    expect(await client.visits.get(visitId)).toMatchObject({ review: null });
  });

  it('imports, lists and deletes stores', async () => {
    const csv = 'AreaCode,StoreName,StoreID\n77,Seven,T1\n77,Eight,T2\n';
    expect(await client.stores.importCsv(csv)).toMatchObject({ received: 2, inserted: 2 });
    const stores = await Array.fromAsync(client.stores.list({ area_code: '77', limit: 1 }));
    expect(stores.map((store) => store.store_id)).toEqual(['T1', 'T2']);
    await client.stores.delete('T2');
    await expect(client.stores.get('T2')).rejects.toMatchObject({ status: 404 });
  });

  it('throws errors with a sentence, a status, a code and details', async () => {
    const stranger = createShelflineClient({ origin: server.origin, apiKey: 'wrong' });
    const error = await stranger.me().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ShelflineError);
    expect(error).toMatchObject({ status: 401, code: 'unauthorized', isTemporary: false });
    await expect(
      client.jobs.submit({ count: 1, visits: [{ store_id: '', image_url: ['x'], visit_time: TIME }] }),
    ).rejects.toMatchObject({
      status: 400,
      details: [{ path: 'visits[0].store_id' }, { path: 'visits[0].image_url[0]' }],
    });
    // An exact body of the contract has no code.
    await expect(
      client.jobs.submit({
        count: 2,
        visits: [{ store_id: 'S1', image_url: ['http://x/'], visit_time: TIME }],
      }),
    ).rejects.toMatchObject({
      message: "The 'count' field does not match the number of 'visits'.",
      details: [],
    });
  });

  it('says when there is no server, and when the answer is not of Shelfline', async () => {
    const nowhere = createShelflineClient({ origin: 'http://127.0.0.1:9', apiKey: KEY });
    await expect(nowhere.me()).rejects.toMatchObject({ status: 0, code: 'unreachable', isTemporary: true });
    const other = createShelflineClient({ origin: host.origin() });
    await expect(other.me()).rejects.toMatchObject({ status: 404, code: 'not_shelfline' });
  });

  describe('following a job', () => {
    it('throws for a job that does not exist', async () => {
      await expect(end(UNKNOWN)).rejects.toMatchObject({ status: 404, message: 'Job not found' });
    });

    it('ends when the caller aborts, with the reason of the signal', async () => {
      const gate = new Gate();
      const jobId = await submit([host.serve('/aborted.gif', GIF, { gate })], 'aborted');
      const leaving = new AbortController();
      const reason = new Error('left');
      const events = client.jobs.events(jobId, { signal: leaving.signal });
      expect(await events.next()).toMatchObject({ value: { type: 'progress', images: { total: 1 } } });
      leaving.abort(reason);
      await expect(events.next()).rejects.toBe(reason);
      gate.open();
      await end(jobId);
    });

    it('yields nothing to a caller who has the end already', async () => {
      const jobId = await submit([host.serve('/known.gif', GIF)], 'known');
      const last = await end(jobId);
      const lastEventId = last?.type === 'finished' ? last.id : undefined;
      expect(lastEventId).toMatch(/^finished-/);
      expect(await Array.fromAsync(client.jobs.events(jobId, { lastEventId }))).toEqual([]);
    });

    it('goes on after a restart of the server, and says that it was interrupted', async () => {
      const gate = new Gate();
      const jobId = await submit(
        [host.serve('/first.gif', GIF), host.serve('/restart.gif', GIF, { gate })],
        'restarted',
      );
      const interruptions: string[] = [];
      let opened = 0;
      const events = client.jobs.events(jobId, {
        onOpen: () => (opened += 1),
        onInterrupted: ({ code }) => interruptions.push(code),
      });
      expect(await events.next()).toMatchObject({ value: { type: 'progress' } });
      const { port } = new URL(server.origin);
      await server.kill('SIGKILL');
      server = await start(port);
      gate.open();
      const rest = await Array.fromAsync(events);
      expect(rest.at(-1)).toMatchObject({ type: 'finished', job: { status: 'completed' } });
      expect(interruptions[0]).toBe('unreachable');
      expect(opened).toBeGreaterThan(1);
    });
  });
});

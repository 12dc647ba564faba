import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApplication } from './support/application.js';

const VISIT = {
  store_id: 'NOWHERE',
  image_url: ['http://127.0.0.1:9/x'],
  visit_time: '2024-11-16T12:00:00Z',
};
const JOB = { count: 1, visits: [VISIT] };

/** The job with another field in its visit. */
const jobWith = (fields: object): object => ({ count: 1, visits: [{ ...VISIT, ...fields }] });

describe('an Idempotency-Key', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ API_KEYS: 'one,two', ROLE: 'api' });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  function submit(key: string, body: unknown = JOB, apiKey = 'one'): Promise<Answer> {
    return shelfline.post('/api/jobs', body, { 'x-api-key': apiKey, 'idempotency-key': key });
  }

  async function jobsWith(reference: string): Promise<number> {
    const answer = await shelfline.get(`/api/jobs?reference=${reference}`, { 'x-api-key': 'one' });
    return answer.json.items.length;
  }

  it('two equal submissions with one key create one job, and the second answer says so', async () => {
    const first = await submit('a');
    const second = await submit('a');
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json).toEqual(first.json);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it('twenty concurrent submissions with one key create one job', async () => {
    const job = { ...JOB, reference: 'twenty' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit('b', job)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const replayed = answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(19);
    expect(await jobsWith('twenty')).toBe(1);
  });

  it.each([
    ['fields that are not known', { ...JOB, more: 1 }],
    ['the same instant in another zone', jobWith({ visit_time: '2024-11-16T13:00:00+01:00' })],
  ])('one key creates one job although the second submission has %s', async (_what, body) => {
    const first = await submit('c');
    const second = await submit('c', body);
    expect(second.status).toBe(201);
    expect(second.json).toEqual(first.json);
  });

  it.each([
    ['store', jobWith({ store_id: 'OTHER' })],
    ['image', jobWith({ image_url: ['http://127.0.0.1:9/y'] })],
    ['time', jobWith({ visit_time: '2024-11-16T12:00:01Z' })],
    ['reference', { ...JOB, reference: 'x' }],
    ['number of visits', { count: 2, visits: [VISIT, VISIT] }],
  ])('a key is refused with another %s', async (_what, body) => {
    await submit('c');
    const answer = await submit('c', body);
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({
      error:
        'This Idempotency-Key was used for another submission: send a new key with a new job, or the same job with this one.',
      code: 'idempotency_key_reused',
      details: [],
    });
  });

  it('a key distinguishes how images are divided among visits', async () => {
    const [x, y] = ['http://127.0.0.1:9/x', 'http://127.0.0.1:9/y'];
    await submit('d', { count: 1, visits: [{ ...VISIT, image_url: [x, y] }] });
    const apart = [
      { ...VISIT, image_url: [x] },
      { ...VISIT, image_url: [y] },
    ];
    expect((await submit('d', { count: 2, visits: apart })).status).toBe(422);
  });

  it('an idempotency key belongs to the API key that sent it', async () => {
    const mine = await submit('e');
    const theirs = await submit('e', { ...JOB, reference: 'theirs' }, 'two');
    expect(theirs.status).toBe(201);
    expect(theirs.json.job_id).not.toBe(mine.json.job_id);
    const bearer = await shelfline.post('/api/jobs', JOB, {
      authorization: 'Bearer one',
      'idempotency-key': 'e',
    });
    expect(bearer.json).toEqual(mine.json);
  });

  it('a refused submission does not use up its key', async () => {
    expect((await submit('f', { ...JOB, count: 2 })).status).toBe(400);
    expect((await submit('f', { ...JOB, reference: '' })).status).toBe(400);
    const good = await submit('f');
    expect(good.status).toBe(201);
    expect(good.headers.get('idempotent-replayed')).toBeNull();
  });

  it('an idempotency key is deleted with its job', async () => {
    const first = await submit('g');
    await fetch(`${shelfline.origin}/api/jobs/${first.json.job_id}`, {
      method: 'DELETE',
      headers: { 'x-api-key': 'one' },
    });
    const second = await submit('g', { ...JOB, reference: 'after' });
    expect(second.status).toBe(201);
    expect(second.json.job_id).not.toBe(first.json.job_id);
  });

  it.each([
    ['', 'must have 1 to 255 characters'],
    ['x'.repeat(256), 'must have 1 to 255 characters'],
  ])('an invalid idempotency key is refused: %j', async (key, message) => {
    const answer = await submit(key);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: `Idempotency-Key ${message}.`,
      code: 'invalid_input',
      details: [{ path: 'Idempotency-Key', message }],
    });
  });

  it.each(['y', 'ж', '\u{1F6D2}', 'À'])(
    'an idempotency key may have 255 characters in UTF-8: %s',
    async (character) => {
      const sent = (characters: number): string =>
        Buffer.from(character.repeat(characters), 'utf8').toString('latin1');
      const first = await submit(sent(255));
      expect(first.status).toBe(201);
      expect((await submit(sent(255))).json).toEqual(first.json);
      expect((await submit(sent(256))).status).toBe(400);
    },
  );

  it('a submission with a key may end before its compression does', async () => {
    for (const body of ['', gzipSync('{}').subarray(0, 12)]) {
      const answer = await shelfline.post('/api/jobs', body, {
        'x-api-key': 'one',
        'idempotency-key': 'z',
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      });
      expect([answer.status, answer.json.code]).toEqual([400, 'broken_encoding']);
    }
  });

  it('idempotency keys that are not UTF-8 are distinguished by their bytes', async () => {
    const first = await submit('caf\u00e9');
    expect(first.status).toBe(201);
    expect((await submit('caf\u00e9')).json).toEqual(first.json);
    expect((await submit('caf\u00e8')).json).not.toEqual(first.json);
  });
});

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { createPlatform } from '../src/application.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

const NARROW = Buffer.from('GIF89a\x01\x00\x09\x00\0\0\0;', 'latin1');

interface Round {
  readonly id: number;
  readonly outcome: string | null;
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  /** What came over the wire: it is compared, not trusted. */
  readonly json: any;
}

describe('the platform', () => {
  let app: INestApplication;
  let photos: Server;
  let origin: string;
  let photo: string;
  let token: string;

  before(async () => {
    photos = createServer(({ url }, response) => response.end(url === '/narrow.gif' ? NARROW : GIF)).listen(
      0,
      '127.0.0.1',
    );
    process.env['JWT_SECRET'] ??= 'of this test alone';
    process.env['PHOTO_NETWORKS'] ??= '127.0.0.0/8';
    app = await createPlatform();
    await app.listen(0, '127.0.0.1');
    origin = `${await app.getUrl()}/v1`;
    const address = photos.address();
    photo = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/shelf.gif`;
    const credentials = { name: `ann ${Date.now()}`, password: 'correct horse' };
    await send('/auth/users', credentials);
    ({ token } = (await send('/auth/tokens', credentials)).json);
  });

  after(async () => {
    photos.close();
    await app.close();
  });

  async function send(path: string, body?: object, authorization = `Bearer ${token}`): Promise<Answer> {
    const answer = await fetch(`${origin}${path}`, {
      headers: { 'content-type': 'application/json', authorization },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), json: await answer.json() };
  }

  function visit(store_id: string): object {
    return { store_id, image_url: [photo], visit_time: '2024-11-16T12:00:00Z' };
  }

  /** Asks until the answer is something. */
  async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (let left = 500; left > 0; left -= 1) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await pause(20);
    }
    throw new Error('it did not come about');
  }

  it('answers its own errors in its own way', async () => {
    const answer = await send('/rounds', undefined, 'Bearer nobody');
    assert.deepEqual(answer, {
      status: 401,
      type: 'application/problem+json; charset=utf-8',
      json: { status: 401, title: 'Sign in first.' },
    });
  });

  it('lets nobody in to photos who is not signed in, which is told by the contract', async () => {
    const { status, json } = await send('/field/photos/jobs', undefined, 'Bearer nobody');
    assert.deepEqual([status, json], [401, { error: 'Sign in first.', code: 'unauthorized', details: [] }]);
  });

  it('reports a round, and hears what came of its photos', async () => {
    const put = await fetch(`${origin}/field/photos/stores/RP00002`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ store_name: 'Corner Market', area_code: '7100015' }),
    });
    assert.ok([200, 201].includes(put.status));
    const { status, json } = await send('/rounds', { title: 'Monday', visits: [visit('RP00002')] });
    assert.equal(status, 201);
    const round = await until(async () =>
      (await send('/rounds')).json.rounds.find((each: Round) => each.id === json.id && each.outcome !== null),
    );
    assert.equal(round.outcome, 'completed');
    const results = await send(`/field/photos/jobs/${round.job_id}/images`);
    const [{ width, perimeter, analysis }] = results.json.items;
    assert.deepEqual([width, perimeter, analysis], [2, 10, { planogram: { ratio: 0.67 } }]);
  });

  it('hears of photos that its analyzer rejects', async () => {
    const narrow = [{ ...visit('RP00002'), image_url: [photo.replace('shelf', 'narrow')] }];
    const { json } = await send('/rounds', { title: 'Wednesday', visits: narrow });
    const round = await until(async () =>
      (await send('/rounds')).json.rounds.find((each: Round) => each.id === json.id && each.outcome !== null),
    );
    const job = await send(`/field/photos/jobs/${round.job_id}`);
    assert.equal(round.outcome, 'failed');
    assert.match(job.json.error[0].error, /the photo is too narrow for a shelf$/);
  });

  it('keeps nothing of a round whose photos are refused', async () => {
    const before = (await send('/rounds')).json.rounds.length;
    const { status, json } = await send('/rounds', { title: 'Tuesday', visits: [{ store_id: 'RP00002' }] });
    assert.equal(status, 400);
    assert.match(json.title, /^visits\[0\]\.image_url /);
    assert.equal((await send('/rounds')).json.rounds.length, before);
  });

  it('takes a job of more than Nest would parse by itself', async () => {
    const visits = Array.from({ length: 2_000 }, () => visit('NOWHERE'));
    const { status } = await send('/field/photos/jobs', { count: visits.length, visits });
    assert.equal(status, 201);
  });
});

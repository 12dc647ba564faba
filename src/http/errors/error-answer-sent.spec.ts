import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger, type LoggerService } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { ApiError, BareApiError } from './api-error.js';
import { answerError } from './error-answer.js';

/** Keeps what is logged, by its level. */
class Lines implements LoggerService {
  readonly written: [level: string, line: unknown][] = [];
  log(line: unknown): void {
    this.written.push(['log', line]);
  }
  error(line: unknown): void {
    this.written.push(['error', line]);
  }
  warn(line: unknown): void {
    this.written.push(['warn', line]);
  }
}

describe('an error that is answered', () => {
  const lines = new Lines();
  let server: Server;
  let origin: string;
  /** What the route throws, and what it has sent before. */
  let error: unknown;
  let before = '';

  beforeAll(async () => {
    Logger.overrideLogger(lines);
    const app = express();
    app.get('/', (_request, response) => {
      if (before !== '') response.write(before);
      answerError(response, error);
    });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterEach(() => {
    lines.written.length = 0;
    before = '';
  });

  afterAll(async () => {
    Logger.overrideLogger(['fatal', 'error', 'warn', 'log']);
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('of a client is sent with its body, and is not logged', async () => {
    error = new ApiError(409, 'The job is ongoing.', 'job_ongoing', [
      { path: 'job_id', message: 'is ongoing' },
    ]);
    const answer = await fetch(origin);
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await answer.json()).toEqual({
      error: 'The job is ongoing.',
      code: 'job_ongoing',
      details: [{ path: 'job_id', message: 'is ongoing' }],
    });
    expect(lines.written).toEqual([]);
  });

  it('with an exact body is sent with that body and nothing else', async () => {
    error = new BareApiError(400, 'JobID is required');
    expect(await (await fetch(origin)).json()).toEqual({ error: 'JobID is required' });
  });

  it('of the service is logged in full, and reveals nothing to the client', async () => {
    error = new Error('relation "store" does not exist');
    const answer = await fetch(origin);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('relation');
    expect(lines.written).toEqual([
      ['error', { event: 'request_failed', status: 500, error: 'relation "store" does not exist' }],
    ]);
  });

  it('of an unavailable database has a Retry-After header', async () => {
    error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    const answer = await fetch(origin);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).not.toContain('10.0.0.7');
    expect(lines.written).toMatchObject([['warn', { status: 503 }]]);
  });

  it('after the answer has begun closes the connection, so that the answer is visibly incomplete', async () => {
    before = 'one row\n';
    error = new Error('lost');
    const whole = fetch(origin).then((answer) => answer.text());
    await expect(whole).rejects.toThrow(/^(?:fetch failed|terminated)$/);
    expect(lines.written).toMatchObject([['error', { error: 'lost' }]]);
  });
});

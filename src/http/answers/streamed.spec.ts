import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { answerStream } from './streamed.js';

describe('an answer that streams', () => {
  it.each([
    ['GET', 'abc', 3],
    ['HEAD', '', 0],
  ])('to %s reads what it sends', async (method, body, read) => {
    let parts = 0;
    const content = function* (): Generator<string> {
      for (const part of 'abc') {
        parts += 1;
        yield part;
      }
    };
    const app = express().use((_request, response) => {
      answerStream(response, 'text/csv', Readable.from(content(), { objectMode: false }), 60_000);
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method });
    expect([answer.status, await answer.text(), parts]).toEqual([200, body, read]);
    server.close();
    server.closeAllConnections();
  });
});

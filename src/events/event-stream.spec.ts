import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStream } from './event-stream.js';
import { EventStreams } from './event-streams.js';
import { streamEvent } from './stream-event.js';

const SMALL = streamEvent('state', { n: 1 });
/** More than all buffers on the way hold. */
const HUGE = streamEvent('state', { filler: 'x'.repeat(32 * 1024 * 1024) });
const LAST = streamEvent('end', {}, { isLast: true });

describe('the stream to one client', () => {
  let server: Server;
  let response: ServerResponse;
  let answer: IncomingMessage | undefined;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    // A paused client does not see that its connection ends, and would keep the process running.
    answer?.destroy();
    answer = undefined;
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  /** A stream whose listener has read its head and nothing more. */
  async function open(stallMs?: number): Promise<EventStream> {
    const requested = once(server, 'request');
    const answered = once(
      get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false }),
      'response',
    );
    [, response] = (await requested) as [IncomingMessage, ServerResponse];
    const stream = new EventStream(response, stallMs);
    stream.send(SMALL);
    const [opened] = (await answered) as [IncomingMessage];
    answer = opened.on('error', () => {});
    return stream;
  }

  async function text(): Promise<string> {
    let all = '';
    for await (const chunk of answer?.setEncoding('utf8') ?? []) all += chunk;
    return all;
  }

  it('begins with a time to reconnect after, and ends with the last event', async () => {
    const stream = await open();
    stream.beat();
    stream.send(LAST);
    stream.send(SMALL);
    stream.beat();
    stream.end();
    expect(await text()).toMatch(
      /^retry: [123]\d{3}\n\nevent: state\ndata: \{"n":1\}\n\n:\n\nevent: end\ndata: \{\}\n\n$/,
    );
  });

  it('keeps only the newest event for a slow client', async () => {
    const stream = await open();
    stream.send(HUGE);
    for (let n = 2; n < 100_000; n += 1) stream.send(streamEvent('state', { n }));
    stream.beat();
    expect(response.writableLength).toBeLessThan(HUGE.text.length + 1_000);
    stream.send(LAST);
    const all = await text();
    expect(all.slice(all.lastIndexOf('xxx') + 3)).toBe(`"}\n\n${LAST.text}`);
  });

  it('disconnects a client that stopped reading', async () => {
    const closed = open(1).then(async (stream) => {
      stream.send(HUGE);
      stream.onceClosed(() => {});
      await once(response, 'close');
    });
    await closed;
    expect(response.writableFinished).toBe(false);
  });

  it('disconnects a client that stopped reading, also at the end', async () => {
    const stream = await open(1);
    stream.send({ ...HUGE, isLast: true });
    await once(response, 'close');
    expect(response.writableFinished).toBe(false);
  });

  it('does not wait for such a client when it ends', async () => {
    const stream = await open();
    stream.send(HUGE);
    stream.end();
    await once(response, 'close');
    expect(response.writableFinished).toBe(false);
  });

  it('that has not begun ends with its first event', async () => {
    const requested = once(server, 'request');
    const answered = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    [, response] = (await requested) as [IncomingMessage, ServerResponse];
    const stream = new EventStream(response);
    stream.end();
    stream.beat();
    stream.send(SMALL);
    expect(await (await answered).text()).toContain(SMALL.text);
  });

  it('keeps no slot for a client that left before it was opened', async () => {
    await open();
    answer?.destroy();
    await once(response, 'close');
    const streams = new EventStreams({ maxEventStreams: 1, eventHeartbeatMs: 60_000 });
    streams.open(response, 'one');
    expect(() => streams.open(response, 'other')).not.toThrow();
  });
});

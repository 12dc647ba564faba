import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { SendingProgress, watchSending } from './sending-progress.js';

/** More than all buffers on the way hold. */
const HUGE = Buffer.alloc(32 * 1024 * 1024);

describe('the progress of a connection', () => {
  let server: Server;
  let sender: Socket;
  let reader: Socket;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const accepted = once(server, 'connection');
    reader = connect(address.port, '127.0.0.1').pause();
    [sender] = await accepted;
    for (const socket of [sender, reader]) socket.on('error', () => {});
  });

  afterEach(async () => {
    for (const socket of [sender, reader]) socket.destroy();
    await once(server.close(), 'close');
  });

  async function stalled(progress: SendingProgress): Promise<void> {
    let unmoved = 0;
    await until(async () => {
      unmoved = progress.hasMoved() ? 0 : unmoved + 1;
      return unmoved > 3 ? true : undefined;
    }, 'a reader whose buffers are full');
  }

  it('is reported while nothing waits', () => {
    const progress = new SendingProgress(sender);
    expect([progress.hasMoved(), progress.hasMoved()]).toEqual([true, true]);
  });

  it('counts the bytes within one write', async () => {
    sender.write(HUGE);
    const progress = new SendingProgress(sender);
    await stalled(progress);
    let bytes = 0;
    reader.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > HUGE.length / 2) reader.pause();
    });
    reader.resume();
    await until(async () => (progress.hasMoved() ? true : undefined), 'progress');
    expect(sender.writableLength).toBe(HUGE.length);
  });

  it('does not count received bytes, nor bytes that are still to be sent', async () => {
    sender.resume();
    sender.write(HUGE);
    const progress = new SendingProgress(sender);
    await stalled(progress);
    const received = once(sender, 'data');
    reader.write('anything');
    await received;
    sender.write(HUGE);
    expect(progress.hasMoved()).toBe(false);
  });

  it('ends the watch of one that stalls, however often it was checked', async () => {
    sender.write(HUGE);
    await new Promise<void>((resolve) => void watchSending(sender, 5, resolve));
    expect(sender.writableLength).toBe(HUGE.length);
  });
});

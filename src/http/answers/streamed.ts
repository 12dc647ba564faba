import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { Response } from 'express';
import { onceClosed } from '../once-closed.js';

const logger = new Logger('Http');
const NOBODY_WAITS = (): void => {};

/**
 * An answer that is sent as its reader takes it. Where it can't be brought to its end the connection is cut, so that
 * nobody takes a part for the whole; so it is where the reader takes nothing for `stallMs`. Who asks for the headers alone
 * (`HEAD`) causes nothing to be read.
 */
export function answerStream(response: Response, type: string, content: Readable, stallMs: number): void {
  response.setTimeout(stallMs, () => response.destroy());
  response.type(`${type}; charset=utf-8`);
  if (response.req.method === 'HEAD') {
    content.destroy();
    response.end();
    return;
  }
  sendChunks(response, content, () => content.destroy()).catch((error: unknown) => {
    // A reader that goes away is no fault of anybody's.
    if (response.closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ event: 'answer_broke_off', error: reason });
    response.destroy();
  });
}

/**
 * Sends one chunk after the other as the reader takes them, and ends the answer. Resolves when the reader has gone, too.
 *
 * With two listeners in all: a pipeline would add seven, beside those that the server has on every response.
 */
export async function sendChunks(
  response: Response,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer | string>,
  onClosed = (): void => {},
): Promise<void> {
  let goOn = NOBODY_WAITS;
  onceClosed(response, () => {
    onClosed();
    goOn();
  });
  response.on('drain', () => goOn());
  for await (const chunk of chunks) {
    if (response.closed) return;
    if (response.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  }
  response.end();
}

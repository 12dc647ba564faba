import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { Response } from 'express';
import { onceClosed } from '../once-closed.js';

const logger = new Logger('Http');
const NOBODY_WAITS = (): void => {};

/**
 * Streams a response. If it cannot be completed, or the client reads nothing for `stallMs`, the connection is closed, so that the client does not
 * mistake a part for the whole. For `HEAD` the content is not read.
 */
export function answerStream(response: Response, type: string, content: Readable, stallMs: number): void {
  response.setTimeout(stallMs, () => response.destroy());
  response.type(isText(type) ? `${type}; charset=utf-8` : type);
  if (response.req.method === 'HEAD') {
    content.destroy();
    response.end();
    return;
  }
  sendChunks(response, content, () => content.destroy()).catch((error: unknown) => {
    // It is not an error if the client disconnects.
    if (response.closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ event: 'answer_broke_off', error: reason });
    response.destroy();
  });
}

function isText(type: string): boolean {
  return type.startsWith('text/') || type.endsWith('json');
}

/**
 * Sends chunks as fast as the client reads them, and ends the response. It also resolves if the client disconnects.
 *
 * It adds two listeners to the response. A pipeline would add seven, and Node warns of too many.
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

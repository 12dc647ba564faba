import { pipeline, type Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { Response } from 'express';

/** A reader that takes nothing for so long is gone, in milliseconds. */
const STALL_MS = 60_000;

/** Node warns of more listeners than this, which would be a leak. */
const MAX_LISTENERS = 20;

const logger = new Logger('Http');

/**
 * An answer that is sent as its reader takes it. Where it can't be brought to its end the connection is cut, so that
 * nobody takes a part for the whole; so it is where the reader stalls. Who asks for the headers alone (`HEAD`) causes
 * nothing to be read.
 */
export function answerStream(response: Response, type: string, content: Readable): void {
  response.setTimeout(STALL_MS, () => response.destroy());
  response.type(`${type}; charset=utf-8`);
  if (response.req.method === 'HEAD') {
    content.destroy();
    response.end();
    return;
  }
  // The log, the metrics, the limits and the pipeline itself all listen for its end: a dozen, however long the answer is.
  response.setMaxListeners(MAX_LISTENERS);
  pipeline(content, response, (error) => {
    // A reader that goes away is no fault of anybody's.
    if (error === undefined || error === null || error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    logger.warn({ event: 'answer_broke_off', error: error.message });
  });
}

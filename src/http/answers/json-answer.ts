import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { reserveAnswerMemory } from './bounded-answers.js';
import { isLongIteration, yieldToEventLoop } from '../yield-to-event-loop.js';
import { sendChunks } from './streamed.js';

/** The number of characters that are encoded in one piece. */
const BLOCK_CHARACTERS = 65_536;

/**
 * Sends a value as JSON with an `ETag`, as `response.json` does. A long response, such as a page of a thousand images with long URLs, is encoded in pieces.
 * Other requests are served between them.
 *
 * @param value the value. `toJSON` is not called on objects that have a list with elements in their fields.
 */
export async function answerJson(response: Response, value: object): Promise<void> {
  const blocks: Buffer[] = [];
  const hash = createHash('sha1');
  let text = '';
  for (const piece of toPieces(value)) {
    text += piece;
    if (text.length < BLOCK_CHARACTERS) continue;
    const block = Buffer.from(text);
    text = '';
    blocks.push(block);
    hash.update(block);
    // Many responses may be encoded at the same time, so each waits after its first block.
    if (blocks.length > 1 && !isLongIteration()) continue;
    await yieldToEventLoop();
    // The client has disconnected.
    if (response.closed) return;
  }
  response.type('json');
  if (blocks.length === 0) {
    response.send(Buffer.from(text));
    return;
  }
  blocks.push(Buffer.from(text));
  hash.update(text);
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  // Equal to the ETag of Express, but hashed in blocks.
  response.set('ETag', `W/"${length.toString(16)}-${hash.digest('base64').slice(0, 27)}"`);
  if (response.req.fresh) {
    response.status(304).removeHeader('Content-Type');
    response.end();
    return;
  }
  response.set('Content-Length', String(length));
  if (response.req.method === 'HEAD') response.end();
  else if (reserveAnswerMemory(response, length)) await sendChunks(response, blocks);
}

/** Yields the JSON of a value in pieces, split between the elements of its lists. */
function* toPieces(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    let separator = '[';
    for (const element of value) {
      yield separator;
      yield* toPieces(element);
      separator = ',';
    }
    yield separator === '[' ? '[]' : ']';
  } else if (hasList(value)) {
    let separator = '{';
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue;
      yield `${separator}${JSON.stringify(name)}:`;
      yield* toPieces(field);
      separator = ',';
    }
    yield '}';
  } else yield JSON.stringify(value) ?? 'null';
}

function hasList(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  for (const field of Object.values(value)) if (Array.isArray(field) && field.length > 0) return true;
  return false;
}

import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { reserveAnswerMemory } from './bounded-answers.js';
import { isLongRound, ownTurn } from '../own-turn.js';
import { sendChunks } from './streamed.js';

/** Characters that are encoded at once. */
const BLOCK_CHARACTERS = 65_536;

/**
 * Answers with a value as JSON, as `response.json` does, with an `ETag`. A long answer, such as a page of a thousand images with
 * long URLs, is made in pieces. Other requests go on between them.
 *
 * @param value `toJSON` is not called on objects that have a list among their fields
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
    // Many answers may be made at the same time. After its first block, each waits for a round of its own.
    if (blocks.length > 1 && !isLongRound()) continue;
    await ownTurn();
    // The client has gone.
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
  // The same as Express makes, hashed block by block.
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

/** The JSON of a value, cut between the elements of its lists. */
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
  for (const field of Object.values(value)) if (Array.isArray(field)) return true;
  return false;
}

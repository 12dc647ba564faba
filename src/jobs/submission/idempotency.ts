import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError, InvalidInputError } from '../../http/errors/api-error.js';
import { getCaller } from '../../http/caller.js';
import { text } from '../../http/input/rules.js';
import type { Metadata } from '../metadata.rule.js';
import { isLongRound, ownTurn } from '../../http/own-turn.js';
import type { NewVisit } from './new-visit.js';
import type { SubmissionHeader } from './submission.js';

/** A caller and its Idempotency-Key. Equal keys of different callers are different keys. */
export interface IdempotencyKey {
  readonly caller: string;
  readonly key: string;
}

const HEADER = 'Idempotency-Key';
/** Characters that are hashed at once. */
const BLOCK_CHARACTERS = 65_536;
const keyRule = text(1, 255);

/** The key came back with another submission. */
export class IdempotencyKeyReusedError extends ApiError {
  constructor() {
    super(
      422,
      `This ${HEADER} was used for another submission: send a new key with a new job, or the same job with this one.`,
      'idempotency_key_reused',
    );
  }
}

/**
 * The key that a request brings; undefined where it brings none.
 *
 * @throws InvalidInputError for one that is empty, too long, not clean text, or given twice
 */
export function getIdempotencyKey(request: IncomingMessage): IdempotencyKey | undefined {
  const given = request.headersDistinct[HEADER.toLowerCase()];
  if (given === undefined) return undefined;
  if (given.length > 1) throw new InvalidInputError([{ path: HEADER, message: 'must be given once' }]);
  return { caller: getCaller(request), key: checkKey(parseKeyText(given[0] ?? '')) };
}

/** @throws InvalidInputError for a key that is empty, too long, or not clean text */
export function checkKey(key: string): string {
  const message = keyRule(key);
  if (typeof message === 'string') throw new InvalidInputError([{ path: HEADER, message }]);
  return key;
}

/** Node gives a header as Latin-1. Bytes that are valid UTF-8 are decoded as that. */
function parseKeyText(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

/**
 * A digest of a submission after its check. It is the same for equal jobs, whichever kind of body brought them. Fields that an earlier
 * version did not know are in it only where they are given, so that a key of that version still replays.
 */
export class SubmissionDigest {
  private readonly hash = createHash('sha256');

  constructor(job: Pick<SubmissionHeader, 'reference' | 'callbackUrl' | 'metadata' | 'timeZone'>) {
    const { reference, callbackUrl, metadata, timeZone } = job;
    if (metadata !== null || timeZone !== null)
      this.hash.update(JSON.stringify([reference, callbackUrl, toEntries(metadata), timeZone]));
    else this.hash.update(JSON.stringify(callbackUrl === null ? [reference] : [reference, callbackUrl]));
  }

  /** Adds the JSON of each visit. Other requests go on between blocks of it. */
  async add(visits: readonly NewVisit[]): Promise<void> {
    for (const { storeId, visitTime, imageUrls, reference, metadata } of visits) {
      let json = `[${JSON.stringify(storeId)},${visitTime.getTime()},[`;
      for (const [index, url] of imageUrls.entries()) {
        json += (index === 0 ? '' : ',') + JSON.stringify(url);
        if (json.length < BLOCK_CHARACTERS) continue;
        this.hash.update(json);
        json = '';
        if (isLongRound()) await ownTurn();
      }
      const isPlain = reference === null && metadata === null;
      const more = isPlain ? '' : `,${JSON.stringify(reference)},${JSON.stringify(toEntries(metadata))}`;
      this.hash.update(`${json}]${more}]`);
    }
  }

  /** @returns SHA-256 in hexadecimal; nothing can be added afterwards */
  hex(): string {
    return this.hash.digest('hex');
  }
}

/** Metadata whose order does not matter. */
function toEntries(metadata: Metadata | null): [string, string][] | null {
  return metadata && Object.entries(metadata).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

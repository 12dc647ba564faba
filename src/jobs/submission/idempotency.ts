import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError, InvalidInputError } from '../../http/errors/api-error.js';
import { getCaller } from '../../http/caller.js';
import { text } from '../../http/input/rules.js';
import type { Metadata } from '../metadata.rule.js';
import { isLongIteration, yieldToEventLoop } from '../../http/yield-to-event-loop.js';
import type { NewVisit } from './new-visit.js';
import type { SubmissionHeader } from './submission.js';

/** A caller and its Idempotency-Key. Callers do not share keys: two callers may use the same text. */
export interface IdempotencyKey {
  readonly caller: string;
  readonly key: string;
}

const HEADER = 'Idempotency-Key';
/** The number of characters after which JSON is passed to the hash. */
const BLOCK_CHARACTERS = 65_536;
const keyRule = text(1, 255);

/** `422`: the key was used before, for a different submission. */
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
 * Reads the key from the header of a request. Returns undefined without that header.
 *
 * @throws InvalidInputError if the key is empty, too long, contains control characters or lone surrogates, or is given twice
 */
export function getIdempotencyKey(request: IncomingMessage): IdempotencyKey | undefined {
  const given = request.headersDistinct[HEADER.toLowerCase()];
  if (given === undefined) return undefined;
  if (given.length > 1) throw new InvalidInputError([{ path: HEADER, message: 'must be given once' }]);
  return { caller: getCaller(request), key: checkKey(parseKeyText(given[0] ?? '')) };
}

/** @throws InvalidInputError if the key is empty, too long, or contains control characters or lone surrogates */
export function checkKey(key: string): string {
  const message = keyRule(key);
  if (typeof message === 'string') throw new InvalidInputError([{ path: HEADER, message }]);
  return key;
}

/** Node decodes headers as Latin-1. Bytes that are valid UTF-8 are decoded again as UTF-8. */
function parseKeyText(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

/**
 * A digest of a checked submission. Equal jobs have equal digests, even if one came as JSON and one as CSV. Fields that were added in later
 * versions are part of the digest only if they are given, so that a key from an earlier version still finds its job.
 */
export class SubmissionDigest {
  private readonly hash = createHash('sha256');

  constructor(job: Pick<SubmissionHeader, 'reference' | 'callbackUrl' | 'metadata' | 'timeZone'>) {
    const { reference, callbackUrl, metadata, timeZone } = job;
    if (metadata !== null || timeZone !== null)
      this.hash.update(JSON.stringify([reference, callbackUrl, toEntries(metadata), timeZone]));
    else this.hash.update(JSON.stringify(callbackUrl === null ? [reference] : [reference, callbackUrl]));
  }

  /** Adds the JSON of each visit. Other requests are served between blocks of it. */
  async add(visits: readonly NewVisit[]): Promise<void> {
    for (const { storeId, visitTime, imageUrls, reference, metadata } of visits) {
      let json = `[${JSON.stringify(storeId)},${visitTime.getTime()},[`;
      for (const [index, url] of imageUrls.entries()) {
        json += (index === 0 ? '' : ',') + JSON.stringify(url);
        if (json.length < BLOCK_CHARACTERS) continue;
        this.hash.update(json);
        json = '';
        if (isLongIteration()) await yieldToEventLoop();
      }
      const isPlain = reference === null && metadata === null;
      const more = isPlain ? '' : `,${JSON.stringify(reference)},${JSON.stringify(toEntries(metadata))}`;
      this.hash.update(`${json}]${more}]`);
    }
  }

  /** Ends the digest. @returns SHA-256 in hexadecimal */
  hex(): string {
    return this.hash.digest('hex');
  }
}

/** The entries sorted by key, so that the order of keys does not change the digest. */
function toEntries(metadata: Metadata | null): [string, string][] | null {
  return metadata && Object.entries(metadata).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

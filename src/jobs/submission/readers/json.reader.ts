import { yieldToEventLoop } from '../../../http/yield-to-event-loop.js';
import { type Fault, InvalidInputError } from '../../../http/errors/api-error.js';
import { findFaults, getFields, MAX_FAULTS, pick } from '../../../http/input/validation.js';
import { type NewVisit, nullIfEmpty, type VisitRule, hasLongUrls } from '../new-visit.js';
import { checkInPieces } from '../../image-url.rule.js';
import type { SubmissionHeader, VisitChunk } from '../submission.js';
import { SubmitJobDto } from '../submit-job.dto.js';

/** A JSON document of a job. */
export interface JsonDocument {
  /** The unchecked fields of the job. */
  readonly job: Readonly<Record<string, unknown>>;
  /** The number of visits, or undefined if they are not a list. */
  readonly length: number | undefined;
  readonly isInMemory: boolean;
  /** Yields all visits in pieces, unchecked. */
  readonly pieces: () => AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>;
}

/** The number of images that are checked before other requests are served. They take a few milliseconds. */
const SLICE_IMAGES = 500;

/**
 * Wraps a JSON value that is in memory.
 *
 * @throws InvalidInputError if it is not an object
 */
export function toDocument(body: unknown): JsonDocument {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidInputError([{ path: 'body', message: 'must be a JSON object with count and visits' }]);
  const job = pick(body, getFields(SubmitJobDto));
  const visits: readonly unknown[] | undefined = Array.isArray(job['visits']) ? job['visits'] : undefined;
  return { job, length: visits?.length, isInMemory: true, pieces: () => [visits ?? []] };
}

/** Checks the fields of a JSON document. The header contains their faults. */
export function toHeader({ job: fields, length, isInMemory }: JsonDocument): SubmissionHeader {
  const job = Object.assign(new SubmitJobDto(), fields);
  return {
    reference: job.reference ?? null,
    metadata: nullIfEmpty(job.metadata),
    timeZone: job.time_zone ?? null,
    callbackUrl: job.callback_url ?? null,
    // An invalid count is in the faults.
    count: Number.isInteger(job.count) ? job.count : undefined,
    knownLength: length,
    isInMemory,
    visitsPath: 'visits',
    faults: findFaults(job),
  };
}

/** Reads the visits of a JSON document. Their faults name paths, such as `visits[3].store_id`. */
export async function* readJson(document: JsonDocument, rule: VisitRule): AsyncGenerator<VisitChunk> {
  let visits: NewVisit[] = [];
  let faults: Fault[] = [];
  let checkedImages = 0;
  let index = 0;
  for await (const piece of document.pieces()) {
    for (const raw of piece) {
      const checked = hasLongUrls(raw) ? { ...raw, image_url: await checkInPieces(raw.image_url) } : raw;
      const visit = rule.parse(checked, `visits[${index}]`, '.', faults);
      if (visit !== undefined) visits.push(visit);
      checkedImages += visit?.imageUrls.length ?? 1;
      index += 1;
      if (checkedImages < SLICE_IMAGES && faults.length < MAX_FAULTS) continue;
      await yieldToEventLoop();
      yield { visits, faults };
      visits = [];
      faults = [];
      checkedImages = 0;
    }
  }
  yield { visits, faults };
}

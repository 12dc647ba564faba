import { ownTurn } from '../../../http/own-turn.js';
import { type Fault, InvalidInputError } from '../../../http/errors/api-error.js';
import { findFaults, getFields, MAX_FAULTS, pick } from '../../../http/input/validation.js';
import { type NewVisit, toGiven, type VisitRule, hasLongUrls } from '../new-visit.js';
import { checkInPieces } from '../../image-url.rule.js';
import type { SubmissionHeader, VisitBatch } from '../submission.js';
import { SubmitJobDto } from '../submit-job.dto.js';

/** A JSON document of a job. */
export interface JsonDocument {
  /** The fields of the job as they came. Of the visits, the length of their list is enough. */
  readonly job: Readonly<Record<string, unknown>>;
  /** The number of visits; undefined where they are not a list. */
  readonly length: number | undefined;
  readonly isInMemory: boolean;
  /** All visits in pieces, unchecked. */
  readonly pieces: () => AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>;
}

/** Images that are checked without a pause: some milliseconds' work, for which other requests may have to wait. */
const SLICE_IMAGES = 500;

/**
 * The document of a JSON value that is in memory.
 *
 * @throws InvalidInputError for anything but an object
 */
export function toDocument(body: unknown): JsonDocument {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidInputError([{ path: 'body', message: 'must be a JSON object with count and visits' }]);
  const job = pick(body, getFields(SubmitJobDto));
  const visits: readonly unknown[] | undefined = Array.isArray(job['visits']) ? job['visits'] : undefined;
  return { job, length: visits?.length, isInMemory: true, pieces: () => [visits ?? []] };
}

/** The header of a JSON document, with the faults of its fields. */
export function toHeader({ job: fields, length, isInMemory }: JsonDocument): SubmissionHeader {
  const job = Object.assign(new SubmitJobDto(), fields);
  return {
    reference: job.reference ?? null,
    metadata: toGiven(job.metadata),
    timeZone: job.time_zone ?? null,
    callbackUrl: job.callback_url ?? null,
    // Any other count is one of the faults.
    count: Number.isInteger(job.count) ? job.count : undefined,
    length,
    isInMemory,
    place: 'visits',
    faults: findFaults(job),
  };
}

/** Reads the visits of a JSON document. Their faults name paths, such as `visits[3].store_id`. */
export async function* readJson(document: JsonDocument, rule: VisitRule): AsyncGenerator<VisitBatch> {
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
      await ownTurn();
      yield { visits, faults };
      visits = [];
      faults = [];
      checkedImages = 0;
    }
  }
  yield { visits, faults };
}

import { BareApiError, type Fault } from '../../http/errors/api-error.js';
import { countMetadataCharacters, type Metadata } from '../metadata.rule.js';
import { FaultList } from './fault-list.js';
import type { NewVisit } from './new-visit.js';
import { NO_CALLBACKS } from './submit-job.dto.js';

/** The fields of a job without its visits. */
export interface SubmissionHeader {
  readonly reference: string | null;
  readonly metadata: Metadata | null;
  /** The IANA zone of times without an offset. */
  readonly timeZone: string | null;
  /** The submitter, if known. It is not part of the body, and is not compared with an earlier submission. */
  readonly submittedBy?: string | null;
  /** The URL that receives a webhook when the job ends. */
  readonly callbackUrl: string | null;
  /** The number of visits that the client stated, if any. */
  readonly count: number | undefined;
  /** The number of visits in the body, if it is known before they are read. */
  readonly knownLength: number | undefined;
  /** Whether the visits are in memory already. If so, their rows are written in one transaction. */
  readonly isInMemory: boolean;
  /** The path of faults that concern all visits. */
  readonly visitsPath: string;
  readonly faults: readonly Fault[];
}

/** A part of a submission: checked visits in order of submission, and the faults of the other visits. */
export interface VisitBatch {
  readonly visits: readonly NewVisit[];
  readonly faults: readonly Fault[];
  /** The fault of a body that ends without a visit. The default is a fault of the whole body. */
  readonly ifEmpty?: Fault;
}

/** A column of a file, and the field that it becomes: a field of a visit, or `metadata`. */
export interface ColumnOfFile {
  readonly header: string;
  readonly field: string;
}

export interface SubmissionLimits {
  readonly maxImages: number;
  /** Whether callbacks can be signed. Without that no `callback_url` is accepted. */
  readonly webhooksAvailable: boolean;
}

/** Clients compare this sentence: do not change it. */
export const COUNT_MISMATCH = "The 'count' field does not match the number of 'visits'.";

/** A step ends with the batch that reaches one of these limits. At most four steps of a long submission are in memory. */
const STEP_IMAGES = 2_500;
const STEP_CHARACTERS = 500_000;

export function countImages(visits: readonly NewVisit[]): number {
  return visits.reduce((sum, visit) => sum + visit.imageUrls.length, 0);
}

/**
 * Checks a submission as a whole, and yields its visits in steps. A step holds the visits of several batches (see `STEP_IMAGES`). After a
 * fault no step follows: the rest is only read to find further faults.
 *
 * @throws BareApiError if `count` is not the number of visits. It comes before any other error if that number is known in advance.
 * @throws InvalidInputError with the first faults
 */
export async function* checkInSteps(
  header: SubmissionHeader,
  batches: AsyncIterable<VisitBatch>,
  limits: SubmissionLimits,
  faults: FaultList = new FaultList(),
): AsyncGenerator<readonly NewVisit[]> {
  if (header.knownLength !== undefined) checkCount(header, header.knownLength);
  faults.add([...header.faults, ...findCallbackFaults(header, limits)]);
  // A body of unknown length is refused before it is read.
  if (faults.count > 0 && header.knownLength === undefined) throw faults.toError();
  let step: NewVisit[] = [];
  let stepImages = 0;
  let stepCharacters = 0;
  let count = 0;
  let images = 0;
  let empty: Fault = { path: header.visitsPath, message: 'must hold at least one visit' };
  for await (const batch of batches) {
    faults.add(batch.faults);
    empty = batch.ifEmpty ?? empty;
    if (faults.isFull) break;
    const batchImages = countImages(batch.visits);
    count += batch.visits.length;
    images += batchImages;
    const isTooLarge = images > limits.maxImages;
    if (isTooLarge && !header.isInMemory) break;
    if (isTooLarge || faults.count > 0) continue;
    step.push(...batch.visits);
    stepImages += batchImages;
    stepCharacters += countCharacters(batch.visits);
    if (stepImages < STEP_IMAGES && stepCharacters < STEP_CHARACTERS) continue;
    yield step;
    step = [];
    stepImages = 0;
    stepCharacters = 0;
  }
  if (images > limits.maxImages)
    faults.add([{ path: header.visitsPath, message: `must hold at most ${limits.maxImages} images` }]);
  if (faults.count > 0) throw faults.toError();
  checkCount(header, count);
  if (count === 0) {
    faults.add([empty]);
    throw faults.toError();
  }
  if (step.length > 0) yield step;
}

function checkCount(header: SubmissionHeader, visits: number): void {
  if (header.count !== undefined && header.count !== visits)
    throw new BareApiError(400, COUNT_MISMATCH, 'count_mismatch');
}

function findCallbackFaults(
  { callbackUrl }: SubmissionHeader,
  { webhooksAvailable }: SubmissionLimits,
): Fault[] {
  return callbackUrl === null || webhooksAvailable ? [] : [{ path: 'callback_url', message: NO_CALLBACKS }];
}

function countCharacters(visits: readonly NewVisit[]): number {
  let characters = 0;
  for (const { imageUrls, metadata } of visits) {
    for (const url of imageUrls) characters += url.length;
    characters += countMetadataCharacters(metadata);
  }
  return characters;
}

import { BareApiError, type Fault } from '../../http/errors/api-error.js';
import { countMetadataCharacters } from '../metadata.rule.js';
import { FaultList } from './fault-list.js';
import type { NewVisit } from './new-visit.js';
import { countImages, type SubmissionHeader, type VisitChunk } from './submission.js';
import { NO_CALLBACKS } from './submit-job.dto.js';

export interface SubmissionLimits {
  readonly maxImages: number;
  /** Whether callbacks can be signed. Without that no `callback_url` is accepted. */
  readonly webhooksAvailable: boolean;
}

/** Clients compare this sentence: do not change it. */
export const COUNT_MISMATCH = "The 'count' field does not match the number of 'visits'.";

/** A step ends with the chunk that reaches one of these limits. At most four steps of a long submission are in memory. */
const STEP_IMAGES = 2_500;
const STEP_CHARACTERS = 500_000;

/**
 * Checks a submission as a whole, and yields its visits in steps. A step holds the visits of several chunks (see `STEP_IMAGES`). After a
 * fault no step follows: the rest is only read to find further faults.
 *
 * @throws BareApiError if `count` is not the number of visits. If the number of visits is known in advance, this error comes first.
 * @throws InvalidInputError with the first faults
 */
export async function* checkInSteps(
  header: SubmissionHeader,
  chunks: AsyncIterable<VisitChunk>,
  limits: SubmissionLimits,
  faults: FaultList = new FaultList(),
): AsyncGenerator<readonly NewVisit[]> {
  if (header.knownLength !== undefined) checkCount(header, header.knownLength);
  faults.add([...header.faults, ...findCallbackFaults(header, limits)]);
  // A streamed body is refused before it is read if its header has faults.
  if (faults.count > 0 && header.knownLength === undefined) throw faults.toError();
  let step: NewVisit[] = [];
  let stepImages = 0;
  let stepCharacters = 0;
  let count = 0;
  let images = 0;
  let empty: Fault = { path: header.visitsPath, message: 'must hold at least one visit' };
  for await (const chunk of chunks) {
    faults.add(chunk.faults);
    empty = chunk.ifEmpty ?? empty;
    if (faults.canStop) break;
    const chunkImages = countImages(chunk.visits);
    count += chunk.visits.length;
    images += chunkImages;
    const isTooLarge = images > limits.maxImages;
    // A body in memory is checked to its end for further faults. A streamed one is not read further.
    if (isTooLarge && !header.isInMemory) break;
    if (isTooLarge || faults.count > 0) continue;
    step.push(...chunk.visits);
    stepImages += chunkImages;
    stepCharacters += countCharacters(chunk.visits);
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

import { setImmediate } from 'node:timers/promises';
import { BareApiError, type Fault } from '../../http/api-error.js';
import { findFaults } from '../../http/validation.js';
import { MAX_VISITS, SubmitJobDto } from '../dto/submit-job.dto.js';
import type { StreamedHead } from '../streaming/streamed-submission.service.js';
import type { VisitLines } from '../streaming/visit-lines.js';
import {
  callbackFaults,
  COUNT_MISMATCH,
  type NewVisit,
  parseVisit,
  type SubmissionLimits,
} from '../submission.js';
import type { LargeDocument } from './large-document.js';

/**
 * What a large document says of its job, and its visits to come, checked as those of a small one are.
 *
 * @throws BareApiError where count and visits disagree, whatever else is wrong
 */
export function openDocument(
  document: LargeDocument,
  limits: SubmissionLimits,
): StreamedHead & { readonly visits: AsyncIterable<VisitLines> } {
  const { job: fields, length } = document;
  const job = Object.assign(new SubmitJobDto(), fields, {
    visits: Array.from({ length: Math.min(length, MAX_VISITS + 1) }),
  });
  if (Number.isInteger(job.count) && job.count !== length)
    throw new BareApiError(400, COUNT_MISMATCH, 'count_mismatch');
  return {
    reference: job.reference ?? null,
    callbackUrl: job.callback_url ?? null,
    count: length,
    place: 'visits',
    visits: readVisits(document, [...findFaults(job), ...callbackFaults(job.callback_url, limits)], limits),
  };
}

/** First the faults of the job itself, then its visits. */
async function* readVisits(
  document: LargeDocument,
  jobFaults: readonly Fault[],
  limits: SubmissionLimits,
): AsyncGenerator<VisitLines> {
  yield { visits: [], faults: jobFaults };
  let index = 0;
  for await (const piece of document.pieces()) {
    const visits: NewVisit[] = [];
    const faults: Fault[] = [];
    for (const raw of piece) {
      const visit = parseVisit(raw, `visits[${index}]`, '.', faults, limits);
      if (visit !== undefined) visits.push(visit);
      index += 1;
    }
    yield { visits, faults };
    await setImmediate();
  }
}

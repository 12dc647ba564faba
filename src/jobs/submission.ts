import { setImmediate } from 'node:timers/promises';
import { BareApiError, type Fault, InvalidInputError } from '../http/api-error.js';
import { parseDateTime } from '../http/date-time.js';
import { findFaults, getFields, MAX_FAULTS, pick } from '../http/validation.js';
import { isS3 } from '../outbound/sources/s3-url.js';
import { NO_CALLBACKS, SubmitJobDto, VisitDto } from './dto/submit-job.dto.js';
import { SLICE_IMAGES } from './slices.js';

/** A visit to a store, as it was submitted. */
export interface NewVisit {
  readonly storeId: string;
  readonly imageUrls: readonly string[];
  readonly visitTime: Date;
}

/** A job that is good to be taken. */
export interface NewJob {
  readonly reference: string | null;
  /** Where its ends are told. */
  readonly callbackUrl: string | null;
  readonly visits: readonly NewVisit[];
}

/** A job as code submits it: the body of `POST /api/jobs`, by the same rules. `count` is the number of visits unless given. */
export interface Submission {
  readonly count?: number;
  readonly visits: readonly {
    readonly store_id: string;
    readonly image_url: readonly string[];
    /** RFC 3339, with an offset or `Z`. */
    readonly visit_time: string | Date;
  }[];
  readonly reference?: string | null;
  readonly callback_url?: string | null;
}

/** The body that a submission would be sent as. */
export function toBody(submission: Submission): object {
  const visits = submission.visits.map((visit) =>
    visit.visit_time instanceof Date ? { ...visit, visit_time: visit.visit_time.toISOString() } : visit,
  );
  return { ...submission, count: submission.count ?? visits.length, visits };
}

/** What a submission may be. */
export interface SubmissionLimits {
  readonly maxImages: number;
  /** Whether callbacks can be signed: else no `callback_url` is taken. */
  readonly callbacks: boolean;
  /** Whether an `s3:` URL is of a bucket and key that a source is configured for. */
  readonly hasSource: (url: string) => boolean;
}

/** What is said of an `s3:` URL that no source is configured for. */
export const NO_SOURCE =
  'is of a bucket and key that this server has no source for: add the bucket to IMAGE_SOURCES_FILE (or images.sources) there, or send an https: URL';

/** The exact sentence of the contract. */
export const COUNT_MISMATCH = "The 'count' field does not match the number of 'visits'.";

/**
 * Checks a submission by the rules of {@link SubmitJobDto} and {@link VisitDto}, a slice at a time.
 *
 * @throws BareApiError where count and visits disagree, whatever else is wrong
 * @throws InvalidInputError with the first faults
 */
export async function parseSubmission(body: unknown, limits: SubmissionLimits): Promise<NewJob> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInputError([{ path: 'body', message: 'must be a JSON object with count and visits' }]);
  }
  const job = Object.assign(new SubmitJobDto(), pick(body, getFields(SubmitJobDto)));
  if (Number.isInteger(job.count) && Array.isArray(job.visits) && job.count !== job.visits.length) {
    throw new BareApiError(400, COUNT_MISMATCH, 'count_mismatch');
  }
  const faults = [...findFaults(job), ...callbackFaults(job.callback_url, limits)];
  const visits: NewVisit[] = [];
  let images = 0;
  let slice = 0;
  for (const [index, raw] of Array.isArray(job.visits) ? job.visits.entries() : []) {
    if (faults.length >= MAX_FAULTS) break;
    const visit = parseVisit(raw, `visits[${index}]`, '.', faults, limits);
    const checked = visit?.imageUrls.length ?? 1;
    slice += checked;
    if (slice >= SLICE_IMAGES) {
      slice = 0;
      await setImmediate();
    }
    if (visit === undefined) continue;
    images += checked;
    visits.push(visit);
  }
  if (images > limits.maxImages) {
    faults.push({ path: 'visits', message: `must hold at most ${limits.maxImages} images` });
  }
  if (faults.length > 0) throw new InvalidInputError(faults.slice(0, MAX_FAULTS));
  return { reference: job.reference ?? null, callbackUrl: job.callback_url ?? null, visits };
}

function sourceFaults(urls: readonly string[], path: string, { hasSource }: SubmissionLimits): Fault[] {
  return urls.flatMap((url, index) =>
    isS3(url) && !hasSource(url) ? [{ path: `${path}[${index}]`, message: NO_SOURCE }] : [],
  );
}

/** Where there are no callbacks: the fault of whoever asks for one. */
export function callbackFaults(callbackUrl: unknown, { callbacks }: SubmissionLimits): Fault[] {
  const isAsked = callbackUrl !== undefined && callbackUrl !== null;
  return isAsked && !callbacks ? [{ path: 'callback_url', message: NO_CALLBACKS }] : [];
}

/**
 * Checks a visit; undefined where it has faults, which are added to the others.
 *
 * @param path where it stands
 * @param separator between that and the name of a field
 */
export function parseVisit(
  raw: unknown,
  path: string,
  separator: string,
  faults: Fault[],
  limits: SubmissionLimits,
): NewVisit | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    faults.push({ path, message: 'must be an object with store_id, image_url and visit_time' });
    return undefined;
  }
  const visit = Object.assign(new VisitDto(), pick(raw, getFields(VisitDto)));
  const found = findFaults(visit, `${path}${separator}`);
  if (found.length === 0)
    found.push(...sourceFaults(visit.image_url, `${path}${separator}image_url`, limits));
  if (found.length > 0) {
    faults.push(...found);
    return undefined;
  }
  const visitTime = parseDateTime(visit.visit_time);
  return visitTime && { storeId: visit.store_id, imageUrls: visit.image_url, visitTime };
}

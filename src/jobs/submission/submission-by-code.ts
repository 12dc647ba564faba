import type { WriteOptions } from '../../database/write-options.js';
import { InvalidInputError } from '../../http/errors/api-error.js';
import { text } from '../../http/input/rules.js';
import type { Metadata } from '../metadata.rule.js';

/** A visit of a {@link Submission}. */
export interface SubmissionVisit {
  /** An id that the store master lacks is accepted, and the job fails for it. */
  readonly store_id: string;
  readonly image_url: readonly string[];
  /** RFC 3339 with an offset or `Z`, which is optional if `time_zone` is given. */
  readonly visit_time: string | Date;
  /** The id of the visit in the system of the caller. */
  readonly reference?: string | null;
  readonly metadata?: Metadata | null;
}

/** A submission by code. It has the fields and the rules of the body of `POST /api/jobs`. */
export interface Submission {
  /** The default is the number of visits. */
  readonly count?: number;
  readonly visits: readonly SubmissionVisit[];
  readonly reference?: string | null;
  readonly metadata?: Metadata | null;
  /** The IANA name of the zone of times without an offset, in the submission and in its photos. */
  readonly time_zone?: string | null;
  readonly callback_url?: string | null;
}

/** Options of a submission by code. */
export interface SubmitOptions extends WriteOptions {
  /** A unique key for the submission, 1 to 255 characters. Repeating it returns the original job instead of creating another. */
  readonly idempotencyKey?: string;
  /** The caller that the key belongs to. Callers do not share keys. The default is `''`. */
  readonly caller?: string;
  /** The `submitted_by` of the job, 1 to 200 characters. The default is null. */
  readonly submittedBy?: string | null;
}

const submitterRule = text(1, 200);

/** @throws InvalidInputError if it does not have 1 to 200 characters, or has control characters or lone surrogates */
export function checkSubmitter(submittedBy: string | null): void {
  const message = submittedBy === null ? undefined : submitterRule(submittedBy);
  if (typeof message === 'string') throw new InvalidInputError([{ path: 'submittedBy', message }]);
}

/** Converts a submission to the body of a request. An invalid value from JavaScript is refused by the rules of a body. */
export function toBody(submission: Submission): unknown {
  const given: Partial<Submission> | undefined = submission;
  if (!Array.isArray(given?.visits)) return given;
  const visits = submission.visits.map((visit) =>
    visit?.visit_time instanceof Date ? { ...visit, visit_time: toText(visit.visit_time) } : visit,
  );
  return { ...submission, count: submission.count ?? visits.length, visits };
}

/** The text of an invalid date is refused by the rule of a time. */
function toText(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}

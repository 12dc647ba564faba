import type { Request } from 'express';
import { type Fault, InvalidInputError } from '../../http/errors/api-error.js';
import { parseParameters } from '../../http/input/request-input.js';
import { getFields } from '../../http/input/validation.js';
import { nullIfEmpty } from './new-visit.js';
import type { SubmissionHeader } from './submission.js';
import { StreamedJobQuery } from './submit-job.dto.js';

/** The unchecked fields of a job, without its visits, from a query or a form. */
export type GivenFields = Readonly<Record<string, unknown>>;

/** The path of a fault of a whole body that has no fields. */
export const WHOLE_BODY = 'The body';

const FIELDS = getFields(StreamedJobQuery);
const DRY_RUN = 'dry_run' satisfies keyof StreamedJobQuery;

/** The names of the fields that a form may have before its file. */
export const FORM_FIELD_NAMES = [...FIELDS, 'charset'];

/** Whether a query asks for a dry run. */
export function asksForDryRun({ query }: Pick<Request, 'query'>): boolean {
  return query[DRY_RUN] === 'true';
}

/**
 * Parses the fields of a streamed job from its query and its form.
 *
 * @throws InvalidInputError for invalid fields, and for a field that is in both
 */
export function parseJobFields(
  query: Request['query'],
  form: ReadonlyMap<string, string> = new Map(),
): StreamedJobQuery {
  const repeated = [...form.keys()].filter((name) => isGiven(query[name]));
  if (repeated.length > 0)
    throw new InvalidInputError(
      repeated.map((path) => ({ path, message: 'is in the query and in the form: send it in one of them' })),
    );
  const given = { ...query, ...Object.fromEntries(form) };
  refuseEmptyDryRun(given);
  return parseParameters(StreamedJobQuery, given);
}

/**
 * Checks the query of a job that is sent as a JSON document. Only `dry_run` is allowed: the other fields are part of the document.
 *
 * @returns whether it is a dry run
 */
export function parseDocumentQuery(query: Request['query']): boolean {
  const faults: Fault[] = FIELDS.filter((name) => name !== DRY_RUN && isGiven(query[name])).map((path) => ({
    path,
    message: 'is a query parameter of NDJSON and CSV: put it into the JSON body instead',
  }));
  if (faults.length > 0) throw new InvalidInputError(faults);
  refuseEmptyDryRun(query);
  return parseParameters(StreamedJobQuery, { [DRY_RUN]: query[DRY_RUN] ?? '' }).dry_run ?? false;
}

export function toStreamHeader(query: StreamedJobQuery): SubmissionHeader {
  return {
    reference: query.reference ?? null,
    metadata: nullIfEmpty(query.metadata),
    timeZone: query.time_zone ?? null,
    callbackUrl: query.callback_url ?? null,
    count: query.count,
    knownLength: undefined,
    isInMemory: false,
    visitsPath: WHOLE_BODY,
    faults: [],
  };
}

/** Refuses `?dry_run` without a value. If it counted as not given, as other parameters do, the job would be stored. */
function refuseEmptyDryRun(given: GivenFields): void {
  if (given[DRY_RUN] === '')
    throw new InvalidInputError([{ path: DRY_RUN, message: 'must be true or false' }]);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '';
}

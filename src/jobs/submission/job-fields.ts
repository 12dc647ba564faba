import type { Request } from 'express';
import { type Fault, InvalidInputError } from '../../http/errors/api-error.js';
import { parseParameters } from '../../http/input/request-input.js';
import { getFields } from '../../http/input/validation.js';
import { toGiven } from './new-visit.js';
import type { SubmissionHeader } from './submission.js';
import { StreamedJobQuery } from './submit-job.dto.js';

/** The fields of a job beside its visits that a query or a form may give, as they came. */
export type GivenFields = Readonly<Record<string, unknown>>;

const FIELDS = getFields(StreamedJobQuery);
const DRY_RUN = 'dry_run' satisfies keyof StreamedJobQuery;

/** The fields that a form may have before its file. */
export const FORM_FIELDS = [...FIELDS, 'charset'];

/** Whether a query asks for a dry run. */
export function asksForDryRun({ query }: Pick<Request, 'query'>): boolean {
  return query[DRY_RUN] === 'true';
}

/**
 * The fields of a streamed job, from the query and the form that it came in.
 *
 * @throws InvalidInputError also for a field that stands in both
 */
export function parseJobFields(
  query: Request['query'],
  form: ReadonlyMap<string, string> = new Map(),
): StreamedJobQuery {
  const repeated = [...form.keys()].filter((name) => isGiven(query[name]));
  if (repeated.length > 0)
    throw new InvalidInputError(
      repeated.map((path) => ({ path, message: 'stands in the query and in the form: give it once' })),
    );
  const given = { ...query, ...Object.fromEntries(form) };
  refuseEmptyDryRun(given);
  return parseParameters(StreamedJobQuery, given);
}

/**
 * Checks the query of a job that comes as a JSON document, which has its own fields.
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

/** The header of a streamed job. */
export function toStreamHeader(query: StreamedJobQuery): SubmissionHeader {
  return {
    reference: query.reference ?? null,
    metadata: toGiven(query.metadata),
    timeZone: query.time_zone ?? null,
    callbackUrl: query.callback_url ?? null,
    count: query.count,
    length: undefined,
    isInMemory: false,
    place: 'The body',
    faults: [],
  };
}

/** Whoever writes `?dry_run` means a check. Any other parameter without a value counts as not given, and the job would be kept. */
function refuseEmptyDryRun(given: GivenFields): void {
  if (given[DRY_RUN] === '')
    throw new InvalidInputError([{ path: DRY_RUN, message: 'must be true or false' }]);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '';
}

import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { findNearestName } from '../../options/nearest-name.js';
import { type Fault, InvalidInputError } from '../errors/api-error.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http.options.js';
import { MAX_FAULTS } from '../input/validation.js';

/** Scripts add this parameter to bypass caches. */
const IGNORED = '_';
/** Shorter names are similar to any other. */
const MIN_NAME = 2;
/** The maximum number of characters of an unknown name in an error. */
const MAX_NAME = 64;

const strictRequests = new WeakSet<IncomingMessage>();

/** If the option `refuseUnknownParameters` is on, marks requests so that their unknown query parameters are refused. */
@Injectable()
export class StrictQueryMiddleware implements NestMiddleware {
  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {}

  use(request: Request, _response: Response, next: NextFunction): void {
    if (this.options.refuseUnknownParameters) strictRequests.add(request);
    next();
  }
}

/**
 * Refuses unknown query parameters, because a misspelled filter would return everything.
 *
 * @throws InvalidInputError with each unknown name and the most similar known one
 */
export function refuseUnknownParameters(request: Request, known: readonly string[]): void {
  if (!strictRequests.has(request)) return;
  const unknown = Object.keys(request.query).filter((name) => name !== IGNORED && !known.includes(name));
  if (unknown.length === 0) return;
  throw new InvalidInputError(
    unknown.slice(0, MAX_FAULTS).map((name) => toFault(name, known)),
    'unknown_parameter',
  );
}

/**
 * Finds the fault of a field of a form that is not known.
 *
 * @param known the names of the fields that the form may have
 */
export function findUnknownField(
  request: Request,
  name: string,
  known: readonly string[],
): Fault | undefined {
  if (!strictRequests.has(request) || name === IGNORED || known.includes(name)) return undefined;
  return toFault(name, known, 'field of this form');
}

function toFault(name: string, known: readonly string[], what = 'parameter of this route'): Fault {
  // Parameters are in lower case: `JobID` is one edit from `job_id`, and `STATUS` none from `status`.
  const nearest = name.length < MIN_NAME ? undefined : findNearestName(name.toLowerCase(), known);
  const hint =
    nearest === undefined
      ? `which takes ${known.length === 0 ? 'none' : known.join(', ')}`
      : `and the nearest one is ${nearest}`;
  return { path: toShown(name), message: `is not a ${what}, ${hint}` };
}

/** The name on one line, cut if it is long. */
function toShown(name: string): string {
  const clean = name
    .slice(0, MAX_NAME)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ');
  return clean.trim() === '' ? 'The one without a name' : clean;
}

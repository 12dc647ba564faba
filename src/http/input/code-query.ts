import { findNearestName } from '../../options/nearest-name.js';
import { type Fault, InvalidInputError } from '../errors/api-error.js';
import { DEFAULT_LIMIT, type PageRequest } from './page.js';
import { type Dto, findFaults, getFields } from './validation.js';

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** A query by code: the fields of a query over HTTP, with names in camel case. */
type CodeQuery<T> = { readonly [Name in keyof T & string as CamelCase<Name>]?: T[Name] | undefined };

/** The second argument of a list in earlier releases. */
export type EarlierPage = { readonly [Name in keyof PageRequest]?: PageRequest[Name] };

/**
 * Checks a query by code with the rules of the same query over HTTP, and returns it with the default of `limit`. A field that does not exist is refused:
 * a misspelled filter would return everything.
 *
 * @param earlier `limit` and `cursor` in a second argument, as earlier releases took them
 * @throws InvalidInputError
 */
export function checkQuery<T extends PageRequest, Query extends CodeQuery<T> & PageRequest>(
  dto: Dto<T>,
  query: Query,
  earlier: EarlierPage = {},
): Query & { readonly limit: number; readonly cursor: string | undefined } {
  const given: unknown = query;
  if (typeof given !== 'object' || given === null)
    throw new InvalidInputError([{ path: 'query', message: 'must be an object' }]);
  const limit = query.limit ?? earlier.limit ?? DEFAULT_LIMIT;
  const checked = { ...query, limit, cursor: query.cursor ?? earlier.cursor };
  const names = new Map(getFields(dto).map((name) => [toCamelCase(name), name]));
  const instance = new dto();
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(checked)) {
    const field = names.get(name);
    if (field === undefined) faults.push(toUnknown(name, [...names.keys()]));
    else Object.assign(instance, { [field]: value });
  }
  faults.push(...findFaults(instance).map((fault) => ({ ...fault, path: toCamelCase(fault.path) })));
  if (faults.length > 0) throw new InvalidInputError(faults);
  return checked;
}

function toUnknown(name: string, known: readonly string[]): Fault {
  const nearest = findNearestName(name, known);
  return {
    path: name,
    message: `is not a field of this query, ${nearest === undefined ? `which has ${known.join(', ')}` : `and the nearest one is ${nearest}`}`,
  };
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

import type { Request } from 'express';
import { InvalidInputError } from '../errors/api-error.js';
import { type Dto, getFields, parseInput, pick } from './validation.js';

/**
 * Parses and checks the query of a request. A parameter without a value (`?status=`) counts as not given. A repeated parameter is a fault.
 *
 * @throws InvalidInputError
 */
export function parseQuery<T extends object>(dto: Dto<T>, request: Request): T {
  return parseParameters(dto, request.query);
}

/**
 * Parses and checks parameters as {@link parseQuery} does.
 *
 * @throws InvalidInputError
 */
export function parseParameters<T extends object>(dto: Dto<T>, given: object): T {
  const query = pick(given, getFields(dto));
  for (const [path, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw new InvalidInputError([{ path, message: 'must be given once' }]);
    if (value === '') delete query[path];
  }
  return parseInput(dto, query, 'query');
}

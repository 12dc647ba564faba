import type { Request } from 'express';
import { InvalidInputError } from '../errors/api-error.js';
import { type Dto, getFields, parseInput, pick } from './validation.js';

/**
 * The query of a request as a checked DTO. A parameter without a value (`?status=`) counts as not given; one that is given
 * twice is a fault.
 *
 * @throws InvalidInputError
 */
export function parseQuery<T extends object>(dto: Dto<T>, request: Request): T {
  return parseParameters(dto, request.query);
}

/**
 * Parameters as a checked DTO, as {@link parseQuery} does.
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

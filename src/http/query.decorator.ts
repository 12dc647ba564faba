import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidInputError } from './api-error.js';
import { type Dto, fieldsOf, parseInput, pick } from './validation.js';

/** The query of the request as a checked DTO. A decorator of our own, so that no pipe of a host platform can touch it. */
export const QueryOf = createParamDecorator(<T extends object>(dto: Dto<T>, context: ExecutionContext): T =>
  parseQuery(dto, context.switchToHttp().getRequest<Request>()),
);

/**
 * The query of a request as a checked DTO. A parameter without a value (`?status=`) counts as not given; one that is given
 * twice is a fault.
 *
 * @throws InvalidInputError
 */
export function parseQuery<T extends object>(dto: Dto<T>, request: Request): T {
  const query = pick(request.query, fieldsOf(dto));
  for (const [path, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw new InvalidInputError([{ path, message: 'must be given once' }]);
    if (value === '') delete query[path];
  }
  return parseInput(dto, query, 'query');
}

/** The body of the request as it was parsed, unchecked, and out of reach of a host platform's pipes. */
export const RawBody = createParamDecorator(
  (_nothing: unknown, context: ExecutionContext): unknown =>
    context.switchToHttp().getRequest<Request>().body,
);

/** A parameter of the path, out of reach of a host platform's pipes. */
export const PathParam = createParamDecorator((name: string, context: ExecutionContext): string => {
  const value = context.switchToHttp().getRequest<Request>().params[name];
  return typeof value === 'string' ? value : '';
});

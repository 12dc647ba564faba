import { applyDecorators, HttpCode, Req, RequestMapping, type RequestMethod, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { parseQuery } from '../request-input.js';
import { type Dto, parseInput } from '../validation.js';
import { type Answer, type ANSWERED, sendAnswer, type StreamedAnswer } from './answer.js';
import { documentRoute, type RouteDocs } from './route-docs.js';

/** What a handler is given. */
export interface RouteInput<Query = object, Body = object> {
  /** The parameters of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** As the DTO of the route makes it. */
  readonly query: Query;
  /** As the DTO of the route makes it. */
  readonly body: Body;
  readonly request: Request;
  readonly response: Response;
}

/** A route: what it takes, what it answers, and how it is documented. */
export interface RouteOptions<Query extends object, Body extends object, Result> extends RouteDocs {
  /** Its fields are checked, and documented, by their `@Parameter`. */
  readonly query?: Dto<Query>;
  /** Its fields are checked by their `@Satisfies`, and documented by their `@ApiProperty`. */
  readonly body?: Dto<Body>;
  readonly answer: RouteDocs['answer'] & { readonly type?: Dto<Result> };
}

/** A value whose lists and objects may be read only. */
type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** What a handler of a route with this answer may return. An answer that no DTO describes may be any object. */
type Returned<Result> =
  | (Result extends object ? DeepReadonly<Result> | Answer<DeepReadonly<Result>> : object)
  | StreamedAnswer
  | typeof ANSWERED;

/**
 * Makes a method the handler of a route. The method takes typed input and returns its answer. What Nest sees in its place is a
 * handler that takes the request and the response, and answers by itself: the pipes and interceptors that a host platform has
 * globally would change what is taken in and what is returned.
 *
 * @param path below that of the controller
 */
export function Route<Query extends object, Body extends object, Result = undefined>(
  method: RequestMethod,
  path: string,
  options: RouteOptions<Query, Body, Result>,
) {
  return <Handler extends (input: RouteInput<Query, Body>) => Promise<Returned<Result> | void>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Handler>,
  ): void => {
    const handler = descriptor.value;
    if (handler === undefined) throw new TypeError(`${key} is no method`);
    const handle = async function handle(this: object, request: Request, response: Response): Promise<void> {
      const input = readInput(options, request, response);
      if (!isOf(options, input)) throw new TypeError(`${key} was given what its DTOs did not make`);
      await sendAnswer(response, await handler.call(this, input));
    };
    Object.assign(descriptor, { value: handle });
    Req()(target, key, 0);
    Res()(target, key, 1);
    applyDecorators(
      RequestMapping({ method, path }),
      HttpCode(options.answer.status ?? 200),
      documentRoute(options),
    )(target, key, descriptor);
  };
}

/** What a request holds. Where the route has no DTO, that is an empty object. */
function readInput({ query, body }: RouteDocs, request: Request, response: Response): RouteInput {
  return {
    params: getParams(request),
    query: query === undefined ? {} : parseQuery(query, request),
    body: body === undefined ? {} : parseInput(body, request.body, 'body'),
    request,
    response,
  };
}

function isOf<Query extends object, Body extends object>(
  { query, body }: { readonly query?: Dto<Query>; readonly body?: Dto<Body> },
  input: RouteInput,
): input is RouteInput<Query, Body> {
  return (
    (query === undefined || input.query instanceof query) &&
    (body === undefined || input.body instanceof body)
  );
}

function getParams({ params }: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

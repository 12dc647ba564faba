import {
  applyDecorators,
  HttpCode,
  Req,
  RequestMapping,
  RequestMethod,
  Res,
  type Type,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { auditDone, auditError, type AuditOutcome, type AuditTarget } from './audit.js';
import { parseQuery } from '../input/request-input.js';
import { type Dto, parseInput } from '../input/validation.js';
import { Answer, type ANSWERED, sendAnswer, type StreamedAnswer } from './answer.js';
import { requireScope } from './required-scope.js';
import { documentRoute, getParameterNames, type RouteDocs } from './route-docs.js';
import { refuseUnknownParameters } from './unknown-parameters.js';

/** The header of a response to a submission that an earlier request had already made. */
export const REPLAYED_HEADER = 'Idempotent-Replayed';

/** The checked input of a handler. */
export interface RouteInput<Query = object, Body = object> {
  /** The decoded parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  /** The checked query, or an empty object without a DTO. */
  readonly query: Query;
  /** The checked body, or an empty object without a DTO. */
  readonly body: Body;
  readonly request: Request;
  readonly response: Response;
}

/** The input and the answer of a route, and its OpenAPI description. */
export interface RouteOptions<Query extends object, Body extends object, Result> extends RouteDocs {
  /** The `@Parameter` of a field checks and documents it. */
  readonly query?: Dto<Query>;
  /** The `@Satisfies` of a field checks it, and its `@ApiProperty` documents it. */
  readonly body?: Dto<Body>;
  readonly answer: RouteDocs['answer'] & { readonly type?: Dto<Result> };
}

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

/** A route of a controller. Its path is relative to that of the controller. */
export interface DeclaredRoute {
  readonly method: RequestMethod;
  readonly path: string;
}

/** The routes that {@link Route} has declared, by the prototype of their controller. */
const routesByPrototype = new WeakMap<object, DeclaredRoute[]>();

export function getDeclaredRoutes(controller: Type): readonly DeclaredRoute[] {
  return routesByPrototype.get(controller.prototype) ?? [];
}

/**
 * Registers a method as the handler of a route. The method takes typed input and returns its answer. Nest sees a wrapper that sends
 * the response itself, so a host platform's global pipes and interceptors cannot change what is taken or returned.
 *
 * A request whose key lacks the scope is refused. Each change is written to the log as the event `audit`.
 *
 * It has to be the lowest decorator of the method, because it replaces the method. Decorators below it would describe the replaced one.
 *
 * @param path the path, relative to that of the controller
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
    if (handler === undefined)
      throw new TypeError(`@Route can only decorate a method: ${key} is not a method`);
    if ((method === RequestMethod.GET) !== (options.audit === undefined))
      throw new TypeError(`${key}: a GET has no audited action, and any other method needs one`);
    const parameters = getParameterNames(options);
    const handle = async function handle(this: object, request: Request, response: Response): Promise<void> {
      const answer = await audited(options, request, async () => {
        requireScope(request, options.scope, options.sharedJob?.(request));
        refuseUnknownParameters(request, parameters);
        const input = readInput(options, request, response);
        if (!hasDtoTypes(options, input))
          throw new TypeError(`the input of ${key} is not an instance of its DTO`);
        return handler.call(this, input);
      });
      await sendAnswer(response, answer);
    };
    Object.assign(descriptor, { value: handle });
    routesByPrototype.set(target, [...(routesByPrototype.get(target) ?? []), { method, path }]);
    Req()(target, key, 0);
    Res()(target, key, 1);
    applyDecorators(
      RequestMapping({ method, path }),
      HttpCode(options.answer.status ?? 200),
      documentRoute(options),
    )(target, key, descriptor);
  };
}

/** Runs a change and writes its outcome to the audit log. */
async function audited<Result>(
  { audit }: RouteDocs,
  request: Request,
  work: () => Promise<Result>,
): Promise<Result> {
  if (audit === undefined) return work();
  const target: AuditTarget = getParams(request);
  try {
    const result = await work();
    const answer = result instanceof Answer ? result : undefined;
    auditDone(request, audit, { ...target, ...findCreatedJob(answer?.body) }, getOutcome(answer));
    return result;
  } catch (error) {
    auditError(request, audit, target, error);
    throw error;
  }
}

function getOutcome(answer: Answer<object> | undefined): AuditOutcome {
  if (answer?.options.isDryRun === true) return 'checked';
  return answer?.options.headers?.[REPLAYED_HEADER] === undefined ? 'done' : 'replayed';
}

/** The job that a submission created. */
function findCreatedJob(body: unknown): AuditTarget {
  const isJob = typeof body === 'object' && body !== null && 'job_id' in body;
  return isJob && typeof body.job_id === 'string' ? { job_id: body.job_id } : {};
}

/** Parses and checks the input of a request. Without a DTO, a query or a body is an empty object. */
function readInput({ query, body }: RouteDocs, request: Request, response: Response): RouteInput {
  return {
    params: getParams(request),
    query: query === undefined ? {} : parseQuery(query, request),
    body: body === undefined ? {} : parseInput(body, request.body, 'body'),
    request,
    response,
  };
}

function hasDtoTypes<Query extends object, Body extends object>(
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

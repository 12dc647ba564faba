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

/** On the answer of a submission that an earlier request had made. */
export const REPLAYED_HEADER = 'Idempotent-Replayed';

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

/** What a route takes, what it answers, and its OpenAPI description. */
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

/** A route of a controller, below its path. */
export interface DeclaredRoute {
  readonly method: RequestMethod;
  readonly path: string;
}

/** The routes that {@link Route} has declared, by the prototypes of their controllers. */
const declared = new WeakMap<object, DeclaredRoute[]>();

/** The routes of a controller. */
export function getDeclaredRoutes(controller: Type): readonly DeclaredRoute[] {
  return declared.get(controller.prototype) ?? [];
}

/**
 * Registers a method as the handler of a route. The method takes typed input and returns its answer. Nest sees a wrapper that sends
 * the response itself, so a host platform's global pipes and interceptors cannot change what is taken or returned.
 *
 * A request whose key lacks the scope is refused, and each change is written to the log as the event `audit`.
 *
 * It has to be the lowest decorator of the method: those below it would describe the method that it replaces.
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
    if (handler === undefined) throw new TypeError(`@Route can only decorate a method, and ${key} is none`);
    if ((method === RequestMethod.GET) !== (options.audit === undefined))
      throw new TypeError(`${key} needs an audited action, unless it is a GET`);
    const parameters = getParameterNames(options);
    const handle = async function handle(this: object, request: Request, response: Response): Promise<void> {
      const answer = await audited(options, request, async () => {
        requireScope(request, options.scope);
        refuseUnknownParameters(request, parameters);
        const input = readInput(options, request, response);
        if (!hasDtoTypes(options, input)) throw new TypeError(`${key} was given what its DTOs did not make`);
        return handler.call(this, input);
      });
      await sendAnswer(response, answer);
    };
    Object.assign(descriptor, { value: handle });
    declared.set(target, [...(declared.get(target) ?? []), { method, path }]);
    Req()(target, key, 0);
    Res()(target, key, 1);
    applyDecorators(
      RequestMapping({ method, path }),
      HttpCode(options.answer.status ?? 200),
      documentRoute(options),
    )(target, key, descriptor);
  };
}

/** Writes to the log what became of a change. */
async function audited<Result>(
  { audit }: RouteDocs,
  request: Request,
  work: () => Promise<Result>,
): Promise<Result> {
  if (audit === undefined) return work();
  const target: AuditTarget = getParams(request);
  try {
    const result = await work();
    const made = result instanceof Answer ? result : undefined;
    auditDone(request, audit, { ...target, ...getMadeJob(made?.body) }, getOutcome(made));
    return result;
  } catch (error) {
    auditError(request, audit, target, error);
    throw error;
  }
}

function getOutcome(made: Answer<object> | undefined): AuditOutcome {
  if (made?.options.isDryRun === true) return 'checked';
  return made?.options.headers?.[REPLAYED_HEADER] === undefined ? 'done' : 'replayed';
}

/** The job that a submission has made, out of its answer. */
function getMadeJob(body: unknown): AuditTarget {
  const isJob = typeof body === 'object' && body !== null && 'job_id' in body;
  return isJob && typeof body.job_id === 'string' ? { job_id: body.job_id } : {};
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

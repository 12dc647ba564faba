import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  type ApiHeaderOptions,
  ApiOperation,
  type ApiOperationOptions,
  ApiParam,
  ApiQuery,
  type ApiQueryOptions,
  ApiResponse,
  type ApiResponseNoStatusOptions,
} from '@nestjs/swagger';
import { ApiErrors, BAD_PARAMETER, BAD_PATH, UNKNOWN_PARAMETER } from './api-docs.js';
import type { AuditedAction } from './audit.js';
import type { RequiredScope } from '../scopes.js';
import type { Dto } from '../input/validation.js';
import type { Request } from 'express';
import { getParameters } from './parameter.decorator.js';
import { SCOPE_EXTENSION } from './required-scope.js';

/** OpenAPI description of a response. */
export type AnswerDocs = ApiResponseNoStatusOptions & { readonly status?: number };

/** OpenAPI description of a path parameter. */
export interface ParamDocs {
  readonly description: string;
  readonly example: string;
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** OpenAPI description of a route. */
export interface RouteDocs {
  /** The `operationId`. Generated clients use it as the name of a method. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** The scope that the key of a request needs. */
  readonly scope: RequiredScope;
  /** Returns the id of the job that a request reads. With it, a shared link to that job may open the route. Without it, none may. */
  readonly sharedJob?: (request: Request) => unknown;
  /** The action in the audit log. Every route except those of GET has one. */
  readonly audit?: AuditedAction;
  readonly params?: Readonly<Record<string, ParamDocs>>;
  readonly headers?: readonly ApiHeaderOptions[];
  readonly query?: Dto<object>;
  /** Query parameters that are not in a DTO. */
  readonly parameters?: readonly (ApiQueryOptions & { readonly name: string })[];
  /** Aliases of query parameters. They are accepted, and documented in the description only. */
  readonly otherNames?: readonly string[];
  readonly body?: Dto<object>;
  /** A body that is not a DTO. */
  readonly requestBody?: ApiOperationOptions['requestBody'];
  readonly callbacks?: ApiOperationOptions['callbacks'];
  readonly answer: AnswerDocs;
  readonly otherAnswers?: readonly AnswerDocs[];
  /** The description of each error by status. */
  readonly errors?: Readonly<Record<number, string>>;
  /** Schemas that are only referenced by `$ref`. */
  readonly models?: readonly Dto<object>[];
}

/** Adds a route to the OpenAPI document. */
export function documentRoute(docs: RouteDocs): MethodDecorator {
  const { id, summary, description, params = {}, headers = [], query, body, requestBody, callbacks } = docs;
  return applyDecorators(
    ApiOperation({
      operationId: id,
      summary,
      ...(description && { description }),
      ...(requestBody && { requestBody }),
      ...(callbacks && { callbacks }),
    }),
    ApiExtension(SCOPE_EXTENSION, docs.scope),
    ...Object.entries(params).map(([name, param]) =>
      // Nest drops an example that is not inside the schema.
      ApiParam({ name, ...param, schema: { type: 'string', ...param.schema, example: param.example } }),
    ),
    ...headers.map((header) => ApiHeader(header)),
    ...(query === undefined ? [] : documentQuery(query)),
    ...(docs.parameters ?? []).map((parameter) => ApiQuery(parameter)),
    ...(body === undefined ? [] : [ApiBody({ type: body })]),
    ...[docs.answer, ...(docs.otherAnswers ?? [])].map(({ status = 200, ...answer }) =>
      ApiResponse({ status, ...answer }),
    ),
    ApiErrors({ ...getInputErrors(docs), ...docs.errors }),
    ApiExtraModels(...(docs.models ?? [])),
  );
}

/** Returns the names of all query parameters of a route. */
export function getParameterNames({ query, parameters = [], otherNames = [] }: RouteDocs): readonly string[] {
  const described = query === undefined ? [] : getParameters(query).keys();
  return [...described, ...parameters.map(({ name }) => name), ...otherNames];
}

/** The `400` of a route. Every route has one, because it refuses unknown parameters. A `400` of the route itself replaces it. */
function getInputErrors({ query, params, otherAnswers = [] }: RouteDocs): Record<number, string> {
  if (otherAnswers.some(({ status }) => status === 400)) return {};
  if (query !== undefined) return { 400: BAD_PARAMETER };
  return { 400: params === undefined ? UNKNOWN_PARAMETER : BAD_PATH };
}

/** Documents each field of a DTO as a query parameter. */
function documentQuery(query: Dto<object>): MethodDecorator[] {
  return [...getParameters(query)].map(([name, { schema, description }]) =>
    ApiQuery({ name, required: false, description, schema }),
  );
}

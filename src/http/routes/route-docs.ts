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
  /** `operationId`, from which clients name their methods. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** What a key must be allowed to do. */
  readonly scope: RequiredScope;
  /** What the route changes. Every route but those of GET has it. */
  readonly audit?: AuditedAction;
  readonly params?: Readonly<Record<string, ParamDocs>>;
  readonly headers?: readonly ApiHeaderOptions[];
  readonly query?: Dto<object>;
  /** Query parameters that no DTO describes. */
  readonly parameters?: readonly (ApiQueryOptions & { readonly name: string })[];
  /** Query parameters that are accepted as other names, and that only the description mentions. */
  readonly otherNames?: readonly string[];
  readonly body?: Dto<object>;
  /** A body that no DTO describes. */
  readonly requestBody?: ApiOperationOptions['requestBody'];
  readonly callbacks?: ApiOperationOptions['callbacks'];
  readonly answer: AnswerDocs;
  readonly otherAnswers?: readonly AnswerDocs[];
  /** Error responses: the status, and when it is sent. */
  readonly errors?: Readonly<Record<number, string>>;
  /** Schemas that are referenced by `$ref` only. */
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
      // Nest drops an example that stands beside a schema.
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

/** The names of all query parameters that a route takes. */
export function getParameterNames({ query, parameters = [], otherNames = [] }: RouteDocs): readonly string[] {
  const described = query === undefined ? [] : getParameters(query).keys();
  return [...described, ...parameters.map(({ name }) => name), ...otherNames];
}

/** The error of every route: each checks its query, if only for parameters that it does not know. What the
 * route says of a 400 itself comes instead. */
function getInputErrors({ query, params, otherAnswers = [] }: RouteDocs): Record<number, string> {
  if (otherAnswers.some(({ status }) => status === 400)) return {};
  if (query !== undefined) return { 400: BAD_PARAMETER };
  return { 400: params === undefined ? UNKNOWN_PARAMETER : BAD_PATH };
}

/** Each field of the DTO as a parameter. */
function documentQuery(query: Dto<object>): MethodDecorator[] {
  return [...getParameters(query)].map(([name, { schema, description }]) =>
    ApiQuery({ name, required: false, description, schema }),
  );
}

import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
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
import { ApiErrors, BAD_PARAMETER, BAD_PATH } from './api-docs.js';
import type { Dto } from '../input/validation.js';
import { getParameters } from './parameter.decorator.js';

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
  readonly params?: Readonly<Record<string, ParamDocs>>;
  readonly headers?: readonly ApiHeaderOptions[];
  readonly query?: Dto<object>;
  /** Query parameters that no DTO describes. */
  readonly parameters?: readonly ApiQueryOptions[];
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
    ...Object.entries(params).map(([name, param]) =>
      ApiParam({ name, ...(param.schema === undefined ? { type: String } : {}), ...param }),
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

/** The error of every route that checks a query, or has parameters in its path. */
function getInputErrors({ query, params }: RouteDocs): Record<number, string> {
  if (query !== undefined) return { 400: BAD_PARAMETER };
  return params === undefined ? {} : { 400: BAD_PATH };
}

/** Each field of the DTO as a parameter. */
function documentQuery(query: Dto<object>): MethodDecorator[] {
  return [...getParameters(query)].map(([name, { schema, description }]) =>
    ApiQuery({ name, required: false, description, schema }),
  );
}

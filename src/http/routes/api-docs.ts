import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath, type ResponseObject } from '@nestjs/swagger';
import { codeOfStatus } from '../errors/api-error.js';
import { ErrorBody } from '../errors/error-body.dto.js';
import { MAX_LIMIT } from '../input/page.js';

/** `400` of a route without query parameters. */
export const BAD_PATH = 'The path holds a broken percent-encoding, or a query parameter is unknown.';
export const UNKNOWN_PARAMETER = 'A query parameter is unknown.';
/** `400` of a list. */
export const BAD_PARAMETER = 'A parameter is wrong.';
/** `429` of an export. */
export const TOO_MANY_EXPORTS = 'Too many exports are under way.';
/** `429` of an event stream. */
export const TOO_MANY_EVENT_STREAMS = 'Too many event streams are open.';

/** The errors that every route with a JSON body shares. */
export const JSON_BODY_ERRORS = {
  408: 'The body came too slowly.',
  413: 'The body is larger than the limit.',
  415: 'The body is not JSON in UTF-8, or its Content-Encoding is not known.',
  429: 'Too many bodies are being taken in.',
} as const;

/** The schema of the rule {@link text}. The rule also refuses lone surrogates, which no portable pattern can express. */
export function textSchema<const Min extends number, const Max extends number>(
  min: Min,
  max: Max,
): { type: 'string'; minLength: Min; maxLength: Max; pattern: string } {
  return {
    type: 'string',
    minLength: min,
    maxLength: max,
    pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`,
  };
}

/** The schema of an error whose exact body is in the contract: only `error`, with one of these sentences. */
export function bareErrorSchema(...sentences: string[]): {
  type: 'object';
  required: string[];
  additionalProperties: false;
  properties: { error: { type: 'string'; enum: string[] } | { type: 'string'; pattern: string } };
} {
  return {
    type: 'object',
    required: ['error'],
    additionalProperties: false,
    properties: { error: { type: 'string', ...toChoice(sentences) } },
  };
}

/** Some generators make code that does not compile from an enum with quotes. A pattern avoids that. */
function toChoice(sentences: readonly string[]): { enum: string[] } | { pattern: string } {
  if (!sentences.some((sentence) => /['"`\\]/.test(sentence))) return { enum: [...sentences] };
  const patterns = sentences.map((sentence) => sentence.replaceAll(/[^\w ,]/g, '.'));
  return { pattern: `^(${patterns.join('|')})$` };
}

/** Documents the errors of a route, by status, each with a description and the error body. */
export function ApiErrors(errors: Readonly<Record<number, string>>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(ErrorBody),
    ...Object.entries(errors).map(([status, description]) =>
      ApiResponse({ status: Number(status), ...errorResponse(Number(status), description) }),
    ),
  );
}

/** The OpenAPI response of an error, with the error body and an example. */
export function errorResponse(
  status: number,
  description: string,
): Required<Pick<ResponseObject, 'description' | 'content'>> & Pick<ResponseObject, 'headers'> {
  return {
    description,
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(ErrorBody) },
        example: errorExample(status, description),
      },
    },
    ...getHeaders(status),
  };
}

/**
 * An example of the error body. The code is found from the wording of the description: `X not found` gives `x_not_found`, and
 * `The job is X` gives `job_x`. Change both together.
 */
function errorExample(status: number, description: string): ErrorBody {
  if (description === BAD_PARAMETER) {
    const message = `must be a whole number from 1 to ${MAX_LIMIT}`;
    return { error: `limit ${message}.`, code: 'invalid_input', details: [{ path: 'limit', message }] };
  }
  if (description === BAD_PATH)
    return { error: 'The path holds a broken percent-encoding.', code: 'bad_path', details: [] };
  if (description === UNKNOWN_PARAMETER) {
    const message = 'is not a parameter of this route, which takes none';
    return { error: `limit ${message}.`, code: 'unknown_parameter', details: [{ path: 'limit', message }] };
  }
  const [, missing] = /^(\w+) not found$/.exec(description) ?? [];
  const [, state] = /^The job is (\w+)/.exec(description) ?? [];
  const code = missing === undefined ? state && `job_${state}` : `${missing.toLowerCase()}_not_found`;
  return {
    error: description,
    code: code ?? EXAMPLE_CODES[description] ?? getErrorCode(status),
    details: [],
  };
}

/** The codes of errors that have a more precise code than that of their status. */
const EXAMPLE_CODES: Readonly<Record<string, string>> = {
  [JSON_BODY_ERRORS[408]]: 'body_too_slow',
  [JSON_BODY_ERRORS[429]]: 'busy',
  [TOO_MANY_EXPORTS]: 'busy',
  [TOO_MANY_EVENT_STREAMS]: 'busy',
};

function getErrorCode(status: number): string {
  switch (status) {
    case 400:
      return 'invalid_input';
    case 422:
      return 'idempotency_key_reused';
    default:
      return codeOfStatus(status);
  }
}

/** The headers of every error with a status. */
export function getHeaders(status: number): Pick<ResponseObject, 'headers'> {
  switch (status) {
    case 401:
      return {
        headers: { 'WWW-Authenticate': { required: true, schema: { type: 'string', enum: ['Bearer'] } } },
      };
    case 429:
    case 503:
      return {
        headers: {
          'Retry-After': {
            description: 'Seconds to wait before the next attempt.',
            required: true,
            schema: { type: 'integer', minimum: 0 },
          },
        },
      };
    default:
      return {};
  }
}

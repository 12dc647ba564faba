import { applyDecorators, Controller, UseFilters } from '@nestjs/common';
import { ApiErrors } from './api-docs.js';
import { ApiErrorFilter } from './api-error.filter.js';

/** The path under which all of the API lies. */
export const API_PATH = 'api';

/** A controller under `/api` whose errors are answered by the contract. */
export function ApiController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(path === '' ? API_PATH : `${API_PATH}/${path}`),
    UseFilters(ApiErrorFilter),
    ApiErrors({
      500: 'Something went wrong on our side. It has been logged.',
      503: 'The database is not reachable at the moment.',
    }),
  );
}

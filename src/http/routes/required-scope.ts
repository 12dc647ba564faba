import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors/api-error.js';
import { getKey } from '../caller.js';
import type { RequiredScope } from '../scopes.js';

/** The OpenAPI extension with the scope of an operation. */
export const SCOPE_EXTENSION = 'x-required-scope';

/** Whether the key of a request has a scope. Without API keys, every request has all scopes. */
export function hasScope(request: IncomingMessage, scope: RequiredScope): boolean {
  const key = getKey(request);
  return key === undefined || scope === 'any' || key.scopes.includes(scope);
}

/**
 * @param sharedJob the id of the job that the route reads, if a shared link to that job may open the route
 * @throws ApiError `403` with the name of the scope if the key of the request lacks it, and if a shared link does not open the route
 */
export function requireScope(request: IncomingMessage, scope: RequiredScope, sharedJob?: unknown): void {
  const share = getKey(request)?.share;
  if (share !== undefined && scope !== 'any' && sharedJob !== share.jobId)
    throw new ApiError(
      403,
      'A shared link opens one job, read-only. Sign in with a key for anything else.',
      'shared_link',
    );
  if (hasScope(request, scope)) return;
  throw new ApiError(
    403,
    `The key "${getKey(request)?.name ?? ''}" lacks the scope "${scope}", which this request needs. Send a key that has it, or add the scope to this key in API_KEYS.`,
    'missing_scope',
  );
}

import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { getKey } from '../caller.js';
import { toApiError } from '../errors/error-answer.js';

/** The changes that are written to the audit log. */
export type AuditedAction =
  | 'submit_job'
  | 'cancel_job'
  | 'retry_job'
  | 'delete_job'
  | 'send_callback'
  | 'share_job'
  | 'put_store'
  | 'delete_store'
  | 'import_stores'
  | 'review_visit'
  | 'delete_review';

/**
 * - `checked`: a dry run, which changes nothing.
 * - `refused`: the request was invalid or not allowed, and nothing changed.
 * - `failed`: the service was at fault.
 * - `replayed`: an earlier request made the change.
 */
export type AuditOutcome = 'done' | 'checked' | 'replayed' | 'refused' | 'failed';

/** The target of an action, by the names of the path parameters. */
export interface AuditTarget {
  readonly job_id?: string | undefined;
  readonly store_id?: string | undefined;
  readonly visit_id?: string | undefined;
}

/** The maximum number of characters of an id in a log line. */
const MAX_ID = 128;

const logger = new Logger('Audit');

/** Writes the log event `audit` for a change that a request has made, or for a dry run. */
export function auditDone(
  request: IncomingMessage,
  action: AuditedAction,
  target: AuditTarget,
  outcome: AuditOutcome,
): void {
  write(request, action, target, { outcome });
}

/** Writes the log event `audit` for a change that failed or was refused. */
export function auditError(
  request: IncomingMessage,
  action: AuditedAction,
  target: AuditTarget,
  error: unknown,
): void {
  const answer = toApiError(error);
  const status = answer.getStatus();
  write(request, action, target, { outcome: status < 500 ? 'refused' : 'failed', status, code: answer.code });
}

function write(
  request: IncomingMessage,
  action: AuditedAction,
  { job_id, store_id, visit_id }: AuditTarget,
  result: { readonly outcome: AuditOutcome; readonly status?: number; readonly code?: string },
): void {
  logger.log({
    event: 'audit',
    action,
    key_name: getKey(request)?.name ?? null,
    ...(job_id === undefined ? {} : { job_id: job_id.slice(0, MAX_ID) }),
    ...(store_id === undefined ? {} : { store_id: store_id.slice(0, MAX_ID) }),
    ...(visit_id === undefined ? {} : { visit_id: visit_id.slice(0, MAX_ID) }),
    ...result,
  });
}

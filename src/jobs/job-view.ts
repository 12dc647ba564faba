import type { CallbackState } from '../webhooks/callback.entity.js';
import type { ShelflineJob, JobStatus } from './job.entity.js';
import type { Metadata } from './metadata.rule.js';
import type { JobFault, JobWithFaults } from './jobs.repository.js';

/** One entry of the `error` of a job. */
export interface JobErrorEntry {
  readonly store_id: string;
  readonly error: string;
}

/** The state of the webhook for the last end of a job. */
export interface CallbackView {
  readonly url: string;
  readonly state: CallbackState;
  readonly attempts: number;
  /** The status of the last response. Null if the last attempt got none. */
  readonly last_status: number | null;
  readonly last_attempt_at: string | null;
}

/** The response of `GET /api/status`. It must not have other fields. */
export interface JobStatusView {
  readonly job_id: string;
  readonly status: JobStatus;
  readonly error?: readonly JobErrorEntry[];
}

/** A job in the API. */
export interface JobView {
  readonly job_id: string;
  readonly reference: string | null;
  readonly metadata: Metadata;
  readonly submitted_by: string | null;
  readonly status: JobStatus;
  readonly count: number;
  readonly images: {
    readonly total: number;
    readonly pending: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
  };
  /** The number of failed images by error code. Codes that did not occur are absent. */
  readonly failures: Readonly<Record<string, number>>;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly callback: CallbackView | null;
  readonly error: readonly JobErrorEntry[];
  readonly error_count: number;
}

/** Converts a fault to the sentence of the contract. */
function errorEntry(fault: JobFault): JobErrorEntry {
  return {
    store_id: fault.store_id,
    error:
      fault.url === null
        ? 'Store ID does not exist'
        : `Image download failed: ${fault.url}: ${fault.reason ?? 'unknown'}`,
  };
}

function toErrors(row: JobWithFaults): JobErrorEntry[] {
  return (row.faults ?? []).map(errorEntry);
}

/** The short status. Only that of a failed job has errors. */
export function statusView(row: ShelflineJob | JobWithFaults): JobStatusView {
  const view = { job_id: row.job_id, status: row.status };
  return row.status === 'failed' && 'faults' in row ? { ...view, error: toErrors(row) } : view;
}

function callbackView(row: JobWithFaults): CallbackView | null {
  if (row.callback_url === null) return null;
  return {
    url: row.callback_url,
    state: row.callback_state ?? 'waiting',
    attempts: row.callback_attempts ?? 0,
    last_status: row.callback_last_status,
    last_attempt_at: row.callback_last_attempt_at?.toISOString() ?? null,
  };
}

/** The number of images of a job in each state. */
export function toImageCounts({
  total,
  pending,
  succeeded,
  failed,
  skipped,
}: ShelflineJob): JobView['images'] {
  return { total, pending, succeeded, failed, skipped };
}

export function toJobView(row: JobWithFaults): JobView {
  return {
    job_id: row.job_id,
    reference: row.reference,
    metadata: row.metadata,
    submitted_by: row.submitted_by,
    status: row.status,
    count: row.count,
    images: toImageCounts(row),
    failures: row.failures ?? {},
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    callback: callbackView(row),
    error: toErrors(row),
    error_count: row.failed + row.unknown_visits,
  };
}

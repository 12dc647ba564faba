import type { FlagCounts } from '../images/flags/flag-codes.js';
import type { CallbackState } from '../webhooks/callback.entity.js';
import type { ShelflineJob, JobStatus } from './job.entity.js';
import type { Metadata } from './metadata.rule.js';
import type { JobFault, JobWithFaults } from './jobs.repository.js';

/** One entry of the `error` of a job: a visit to an unknown store, or an image that failed. */
export interface JobErrorEntry {
  /** The store of the visit. */
  readonly store_id: string;
  /** The reason, as a sentence. */
  readonly error: string;
}

/** The state of the webhook for the last end of a job. */
export interface CallbackView {
  /** The `callback_url` of the submission. */
  readonly url: string;
  readonly state: CallbackState;
  /** The number of attempts so far. */
  readonly attempts: number;
  /** The status of the last response. Null if the last attempt got none. */
  readonly last_status: number | null;
  /** ISO 8601 in UTC. Null before the first attempt. */
  readonly last_attempt_at: string | null;
}

/** The response of `GET /api/status`, without any other field. */
export interface JobStatusView {
  readonly job_id: string;
  readonly status: JobStatus;
  /** The first 1,000 errors of a failed job, in the order of submission. Absent otherwise. */
  readonly error?: readonly JobErrorEntry[];
}

/** A job in the API. All of it was read at one moment. Times are ISO 8601 in UTC with milliseconds. */
export interface JobView {
  readonly job_id: string;
  /** The submitter's own label of the job. */
  readonly reference: string | null;
  readonly metadata: Metadata;
  /** The name of the API key, or the `submittedBy` of a submission by code. */
  readonly submitted_by: string | null;
  /** `ongoing` until each image has its final state or the job is cancelled. It then changes only if the job is retried. */
  readonly status: JobStatus;
  /** The number of visits. */
  readonly count: number;
  /** The number of images in each state. The four other numbers always add up to `total`. */
  readonly images: {
    readonly total: number;
    readonly pending: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Images of visits to unknown stores, and those that a cancel came before. */
    readonly skipped: number;
  };
  /** Images by flag code. Null until they are counted, and if flags are off. */
  readonly flags: FlagCounts | null;
  readonly created_at: string;
  /** When the first batch was taken. */
  readonly started_at: string | null;
  /** When the job ended. Null while it is ongoing. */
  readonly finished_at: string | null;
  /** Null without a `callback_url`. */
  readonly callback: CallbackView | null;
  /** The first 100 errors in the order of submission. They grow while the job is ongoing. */
  readonly error: readonly JobErrorEntry[];
  /** The number of all errors. */
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
    flags: row.flags,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    callback: callbackView(row),
    error: toErrors(row),
    error_count: row.failed + row.unknown_visits,
  };
}

import type { JobsQuery, JobStatus } from 'shelfline-client';
import { startOfDate } from '../ui/formats.js';

export const JOB_STATUSES = ['ongoing', 'completed', 'failed', 'cancelled'] as const satisfies JobStatus[];

/** The filters of the list of jobs, as they stand in the address. */
export interface JobsFilter {
  readonly status: JobStatus | undefined;
  /** A part of the name of a job, which is its `reference`, or of its id. */
  readonly q: string;
  /** A date such as `2026-11-27`. */
  readonly from: string | undefined;
}

export function toJobsFilter(address: URLSearchParams): JobsFilter {
  const from = address.get('from');
  return {
    status: JOB_STATUSES.find((status) => status === address.get('status')),
    q: address.get('q') ?? '',
    from: startOfDate(from) === undefined ? undefined : (from ?? undefined),
  };
}

export function isFiltered({ status, q, from }: JobsFilter): boolean {
  return status !== undefined || q !== '' || from !== undefined;
}

/** The query of the API for a filter. */
export function toJobsQuery({ status, q, from }: JobsFilter): JobsQuery {
  return {
    status,
    q: q === '' ? undefined : q,
    from: startOfDate(from ?? null),
    limit: 50,
  };
}

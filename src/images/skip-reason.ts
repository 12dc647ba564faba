/** Why an image was skipped: a stable code, and a sentence for people. */
export interface SkipReason {
  readonly code: 'unknown_store' | 'cancelled';
  readonly error: string;
}

/** The reason of an image that was skipped, from its visit. */
export function getSkipReason(visit: {
  /** Whether the store was looked up in this run of the job, and not found. */
  readonly unknown_store: boolean;
  readonly store_id: string;
}): SkipReason {
  return visit.unknown_store
    ? {
        code: 'unknown_store',
        error: `The store master has no store ${visit.store_id}, so the image was not fetched`,
      }
    : { code: 'cancelled', error: 'The job was cancelled before the image was fetched' };
}

import type { Metadata } from '../jobs/metadata.rule.js';
import { FLAG_CODES, type FlagCode } from '../images/flags/flag-codes.js';
import type { Flag } from '../images/flags/flag.js';
import { toImageId, toVisitId } from '../images/result-ids.js';
import { getSkipReason } from '../images/skip-reason.js';
import type { ReviewView } from './review.js';
import type { VisitImage, VisitWithImages } from './visits.repository.js';

export const VISIT_STATUSES = ['ongoing', 'completed', 'failed', 'unknown_store'] as const;
/**
 * The state of a visit: `unknown_store` if the store master lacks its store, `ongoing` while an image is pending, `completed` if all images succeeded, else `failed`.
 */
export type VisitStatus = (typeof VISIT_STATUSES)[number];

/** A visit and its results in the API, read at one moment. Times are ISO 8601 in UTC with milliseconds. */
export interface VisitView {
  readonly visit_id: string;
  readonly job_id: string;
  readonly store_id: string;
  /** The name that the store has now. Null for an unknown store. */
  readonly store_name: string | null;
  /** The area that the store had when the visit was submitted. Null if it was unknown then. */
  readonly area_code: string | null;
  readonly visit_time: string;
  /** The submitter's own id of the visit. */
  readonly reference: string | null;
  readonly metadata: Metadata;
  readonly status: VisitStatus;
  /** The codes that its images have, each once. */
  readonly flags: readonly FlagCode[];
  /** The verdict of a person; null if there is none. */
  readonly review: ReviewView | null;
  /** In the order of submission. */
  readonly images: readonly VisitImageView[];
}

/** An image of a visit and its result in the API. */
export type VisitImageView = { readonly image_id: string } & Omit<VisitImage, 'seq' | 'flagged'> & {
    readonly flags: readonly Flag[];
  };

/** @param flags the flags of each image */
export function toVisitView(visit: VisitWithImages, flags: readonly (readonly Flag[])[]): VisitView {
  const codes = new Set(flags.flat().map(({ code }) => code));
  return {
    visit_id: toVisitId(visit.job, visit.seq),
    job_id: visit.job_id,
    store_id: visit.store_id,
    store_name: visit.store_name,
    area_code: visit.area_code,
    visit_time: visit.visit_time.toISOString(),
    reference: visit.reference,
    metadata: visit.metadata ?? {},
    status: visitStatus(visit),
    flags: FLAG_CODES.filter((code) => codes.has(code)),
    review: visit.review && { ...visit.review, at: visit.review.at.toISOString() },
    images: visit.images.map((image, index) => toImageView(visit, image, flags[index] ?? [])),
  };
}

/** A skipped image says why. */
function toImageView(
  visit: VisitWithImages,
  { seq, image_url, status, width, height, perimeter, ...image }: VisitImage,
  flags: readonly Flag[],
): VisitImageView {
  const error = status === 'skipped' ? getSkipReason(visit).error : image.error;
  const image_id = toImageId(visit.job, seq);
  return { image_id, image_url, status, width, height, perimeter, error, flags };
}

/**
 * `ongoing` until each image has its final state, then `completed` if all succeeded, else `failed`. The skipped
 * images of a cancelled job were not measured, so their visit is `failed`.
 */
export function visitStatus({
  unknown_store,
  images,
}: Pick<VisitWithImages, 'unknown_store' | 'images'>): VisitStatus {
  if (unknown_store) return 'unknown_store';
  if (images.some(({ status }) => status === 'pending')) return 'ongoing';
  return images.every(({ status }) => status === 'succeeded') ? 'completed' : 'failed';
}

import type { Metadata } from '../jobs/metadata.rule.js';
import type { VisitImage, VisitWithImages } from './visits.repository.js';

/** State of a visit, from its store and its images. */
export const VISIT_STATUSES = ['ongoing', 'completed', 'failed', 'unknown_store'] as const;
export type VisitStatus = (typeof VISIT_STATUSES)[number];

/** A visit and its results in the API. */
export interface VisitView {
  readonly visit_id: string;
  readonly job_id: string;
  readonly store_id: string;
  readonly store_name: string | null;
  readonly area_code: string | null;
  readonly visit_time: string;
  readonly reference: string | null;
  readonly metadata: Metadata;
  readonly status: VisitStatus;
  readonly images: readonly VisitImage[];
}

export function toVisitView(visit: VisitWithImages): VisitView {
  return {
    visit_id: `visit_${visit.job}_${visit.seq}`,
    job_id: visit.job_id,
    store_id: visit.store_id,
    store_name: visit.store_name,
    area_code: visit.area_code,
    visit_time: visit.visit_time.toISOString(),
    reference: visit.reference,
    metadata: visit.metadata ?? {},
    status: visitStatus(visit),
    images: visit.images,
  };
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

import type { VisitImage, VisitWithImages } from './visits.repository.js';

/** Where a visit stands, by its store and its images. */
export const VISIT_STATUSES = ['ongoing', 'completed', 'failed', 'unknown_store'] as const;
export type VisitStatus = (typeof VISIT_STATUSES)[number];

/** A visit and what came of it, as the API words it. */
export interface VisitView {
  readonly visit_id: string;
  readonly job_id: string;
  readonly store_id: string;
  readonly store_name: string | null;
  readonly area_code: string | null;
  readonly visit_time: string;
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
    status: visitStatus(visit),
    images: visit.images,
  };
}

/**
 * `ongoing` until each image has its final state, then `completed` if all of them succeeded, else `failed`: what a cancelled
 * job has skipped was not measured, and nobody will.
 */
export function visitStatus({
  unknown_store,
  images,
}: Pick<VisitWithImages, 'unknown_store' | 'images'>): VisitStatus {
  if (unknown_store) return 'unknown_store';
  if (images.some(({ status }) => status === 'pending')) return 'ongoing';
  return images.every(({ status }) => status === 'succeeded') ? 'completed' : 'failed';
}

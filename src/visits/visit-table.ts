import { column, type Table, timeColumn } from '../http/tables/table.js';
import type { VisitView } from './visit-view.js';

/** The number of images with a status. */
const count = (status: VisitView['images'][number]['status']) => (visit: VisitView) =>
  visit.images.filter((image) => image.status === status).length;

/** The different reasons why images of a visit failed or were skipped, each once. */
function getErrors({ images }: VisitView): string | null {
  const errors = new Set(images.flatMap(({ error }) => error ?? []));
  return errors.size === 0 ? null : [...errors].join('\n');
}

/** Visits as a table, with the counts of their images. The files of a job's images have each image. */
export const VISIT_TABLE: Table<VisitView> = {
  columns: [
    column('visit_id', (visit) => visit.visit_id, 'visit_1_0'),
    column('job_id', (visit) => visit.job_id, 'job_20241116100000_8f14e45fceea167a5a36'),
    column('store_id', (visit) => visit.store_id, 'RP00002'),
    column('store_name', (visit) => visit.store_name, 'Corner Market'),
    column('area_code', (visit) => visit.area_code, '7100015'),
    timeColumn('visit_time', (visit) => visit.visit_time, '2024-11-16T12:00:00.000Z'),
    column('reference', (visit) => visit.reference),
    column('metadata', ({ metadata }) =>
      Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata),
    ),
    column('status', (visit) => visit.status, 'completed'),
    column('images', (visit) => visit.images.length, 1),
    column('succeeded', count('succeeded'), 1),
    column('failed', count('failed'), 0),
    column('skipped', count('skipped'), 0),
    column('pending', count('pending'), 0),
    column('errors', getErrors),
    column('flags', ({ flags }) => (flags.length === 0 ? null : flags.join(' | '))),
    column('review_state', ({ review }) => review?.state ?? null),
    column('review_note', ({ review }) => review?.note ?? null),
    column('review_by', ({ review }) => review?.by ?? null),
    timeColumn('review_at', ({ review }) => review?.at ?? null),
    column('review_outdated', ({ review }) => review?.outdated ?? null),
  ],
  toJson: (visit) => visit,
  countCharacters: ({ images }) =>
    images.reduce((sum, { image_url, error }) => sum + image_url.length + (error?.length ?? 0), 0),
};

import { ShelflineCallback } from './webhooks/callback.entity.js';
import { ShelflineImage } from './images/image.entity.js';
import { ShelflineJobFailure } from './jobs/failures/job-failure.entity.js';
import { ShelflineJob, ShelflineJobStore } from './jobs/job.entity.js';
import { ShelflineUpload } from './jobs/submission/upload.entity.js';
import { ShelflineVisit } from './jobs/visit.entity.js';
import { ShelflineStore } from './stores/store.entity.js';

/** The entities that the DataSource of a host platform needs. */
export const entities = [
  ShelflineStore,
  ShelflineJob,
  ShelflineJobStore,
  ShelflineJobFailure,
  ShelflineUpload,
  ShelflineVisit,
  ShelflineImage,
  ShelflineCallback,
];

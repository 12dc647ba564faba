import { migrations as ownMigrations } from '#migrations';
import {
  type EntityClass,
  entitiesInSchema,
  type Migration,
  migrationsInSchema,
  SCHEMA,
} from './database/schema.js';
import { entities } from './store-visits.entities.js';
import type { ShelflineStore } from './stores/store.entity.js';

export { impatientClient } from './database/impatient-client.js';
export { runMigrations } from './database/migration-runner.js';
export type { ReadOptions } from './database/read-options.js';
export type { WriteOptions } from './database/write-options.js';
export { rememberCaller } from './http/caller.js';
export {
  ApiError,
  BareApiError,
  type Fault,
  InvalidInputError,
  NotFoundError,
} from './http/errors/api-error.js';
export { JobNotFoundError } from './http/errors/job-not-found.error.js';
export type { Filters, Page, PageRequest } from './http/input/page.js';
export type { ExifFinding } from './images/analysis/exif/decode-exif.js';
export { ExifAnalyzer, type ExifOptions } from './images/analysis/exif/exif-analyzer.js';
export type { AnalyzedImage, ImageAnalyzer, ImageBytes, Json } from './images/analysis/image-analyzer.js';
export { ImageRejected } from './images/analysis/image-rejected.js';
export type { AnalyzeInThread } from './images/analysis/threads/analysis-thread.js';
export { threadAnalyzer, type ThreadAnalyzerOptions } from './images/analysis/threads/thread-analyzer.js';
export { type HealthIndicatorResult, HealthService, type Readiness } from './health/health.service.js';
export type { ImageStatus } from './images/image.entity.js';
export { type ImageQuery, ImagesService } from './images/images.service.js';
export type { ImageResultView } from './images/results/result-fields.js';
export {
  type JobEvents,
  type JobFinished,
  type JobProgressed,
  type JobSubmitted,
  JOB_EVENTS,
} from './jobs/domain-events.js';
export { type DryRun, DryRunError, type DryRunFault } from './jobs/submission/dry-run.js';
export type { Metadata } from './jobs/metadata.rule.js';
export { IdempotencyKeyReusedError } from './jobs/submission/idempotency.js';
export { JobControlService } from './jobs/control/job-control.service.js';
export type { JobOutcome, JobStatus } from './jobs/job.entity.js';
export type { CallbackView, JobErrorEntry, JobStatusView, JobView } from './jobs/job-view.js';
export { type JobQuery, JobsService } from './jobs/jobs.service.js';
export type { Submission, SubmissionVisit, SubmitOptions } from './jobs/submission/submission-by-code.js';
export type { Submitted } from './jobs/submission/submission.service.js';
export type { VisitImageView, VisitStatus, VisitView } from './visits/visit-view.js';
export { type VisitQuery, VisitsService } from './visits/visits.service.js';
export type { QueueBacklog } from './queue/queue.service.js';
export { waitForJob, type WaitForJobOptions } from './testing/wait-for-job.js';
export { getStoreVisitsToken, InjectStoreVisits } from './store-visits.instances.js';
export { StoreVisitsOptionsError } from './options/module-source.js';
export { StoreVisitsModule } from './store-visits.module.js';
export type {
  StoreVisitsAsyncSetup,
  StoreVisitsOptionsFactory,
  StoreVisitsSetup,
} from './store-visits.setup.js';
export type {
  HostSourceOptions,
  S3SourceOptions,
  SourceOptions,
  SourcesOption,
} from './outbound/sources/source-options.js';
export type * from './store-visits.options.js';
export type { NewReview, ReviewFilter, ReviewState, ReviewView } from './visits/review.js';
export type { StoreChange } from './stores/store.entity.js';
export type { ShelflineStore };
export type { RejectedRow } from './stores/store-file.js';
export type { ImportOptions, ImportResult } from './stores/store-importer.js';
export { type StoreQuery, StoresService } from './stores/stores.service.js';
export type { CallbackState } from './webhooks/callback.entity.js';
export { entities };

/** @deprecated The earlier name of {@link ShelflineStore}. */
export type Store = ShelflineStore;

/** The migrations of the schema `shelfline`, in order, for the DataSource of the platform. */
export const migrations: Migration[] = [...ownMigrations];

/** The migrations of a schema in order, for the DataSource of the host platform. They create the schema if it does not exist. */
export function migrationsIn(schema: string = SCHEMA): Migration[] {
  return migrationsInSchema(ownMigrations, schema);
}

/** The entities of a schema, for the DataSource of the host platform. */
export function entitiesIn(schema: string = SCHEMA): EntityClass[] {
  return entitiesInSchema(entities, schema);
}

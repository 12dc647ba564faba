import type { components, operations } from './schema.js';

type Schemas = components['schemas'];

/** Parameters of a query; an undefined one is left out. */
type QueryOf<Id extends keyof operations> = operations[Id] extends { parameters: { query?: infer Query } }
  ? { readonly [Name in keyof NonNullable<Query>]?: NonNullable<Query>[Name] | undefined }
  : never;

export type Job = Schemas['ShelflineJob'];
export type JobStatus = Job['status'];
export type ImageCounts = Schemas['ShelflineImageCounts'];
export type ImageResult = Schemas['ShelflineImageResult'];
export type ImageStatus = ImageResult['status'];
export type NewJob = Schemas['ShelflineNewJob'];
export type NewVisit = Schemas['ShelflineNewVisit'];
export type SubmittedJob = Schemas['ShelflineSubmittedJob'];
export type DryRun = Schemas['ShelflineDryRun'];
export type DryRunFault = Schemas['ShelflineDryRunFault'];
export type UnknownStore = Schemas['ShelflineUnknownStore'];
export type Store = Schemas['ShelflineStore'];
export type PutStore = Schemas['ShelflinePutStore'];
export type ImportResult = Schemas['ShelflineImportResult'];
export type Visit = Schemas['ShelflineVisit'];
export type Review = Schemas['ShelflineReview'];
export type PutReview = Schemas['ShelflinePutReview'];
export type Fault = Schemas['ShelflineFault'];
export type Me = Schemas['Me'];
export type Scope = Me['scopes'][number];

export type JobsQuery = Omit<QueryOf<'listJobs'>, 'cursor'>;
export type ImagesQuery = Omit<QueryOf<'listJobImages'>, 'cursor'>;
export type StoresQuery = Omit<QueryOf<'listStores'>, 'cursor'>;
export type VisitsQuery = Omit<QueryOf<'listVisits'>, 'cursor'>;
/** The fields of a job beside a body that is no JSON. */
export type SubmissionQuery = Omit<QueryOf<'submitJob'>, 'dry_run'>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

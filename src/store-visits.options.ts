import type { CallbackObserver } from './events/webhooks/callback-observer.js';
import type { FetchObserver } from './images/fetching/fetch-observer.js';
import type { JobsObserver } from './jobs/jobs-observer.js';
import type { SourcesOption } from './outbound/sources/source-options.js';
import type { ProcessingObserver } from './processing/processing-observer.js';
import type { Delay } from './processing/simulated-analysis.js';
import type { LIMITS } from './store-visits.limits.js';

/** What a process does: everything, the API without processing, or processing without the API. */
export type Role = 'all' | 'api' | 'worker';

/** Each limit of a group may be set; the rest are as `LIMITS` says. */
type Limits<Group extends keyof typeof LIMITS> = {
  readonly [Name in keyof (typeof LIMITS)[Group]]?: number | undefined;
};

/** A list, or its items with commas between them, as a variable of the environment has them. */
export type TextList = readonly string[] | string;

/** Bodies and answers. `maxBodyBytes` is of JSON alone; a body that comes slower than it may is cut off. */
export type HttpLimits = Limits<'http'>;

/** Most images of a job, and days that a job is kept after its end (0 keeps it). */
export type JobLimits = Limits<'jobs'>;

/** How images are fetched, and from where. */
export interface ImageOptions extends Limits<'images'> {
  /** When there are any, only these host names; `*.example.com` stands for every name under it. */
  readonly allowedHosts?: TextList | undefined;
  /** When there are any, only these ports. Holds for callbacks too. */
  readonly allowedPorts?: TextList | undefined;
  /** CIDR blocks that are allowed although they are not public. Holds for callbacks too. */
  readonly allowedNetworks?: TextList | undefined;
  /** Credentials and limits for private hosts and buckets: a list, or a function that returns one, such as for tokens that change. */
  readonly sources?: SourcesOption | undefined;
  /** What hosts are told, those of callbacks too; `shelfline` unless given. */
  readonly userAgent?: string | undefined;
  /** Simulated time of the analysis of each image, in milliseconds. */
  readonly delayMs?: Delay | undefined;
}

/** Of each analyzer: its time for one image, images that it is given at a time, and bytes of one result as JSON. */
export type AnalysisLimits = Limits<'analysis'>;

/** How callbacks are signed and delivered. */
export interface CallbackOptions extends Limits<'callbacks'> {
  /** What they are signed with, each of them, as `whsec_…`; none: a job that asks for callbacks is refused. */
  readonly secrets?: TextList | undefined;
}

/** Where in the database everything stands. */
export interface DatabaseOptions {
  /** The schema of the tables; `shelfline` unless given. Entities and migrations have to be made for the same. */
  readonly schema?: string | undefined;
  /** The schema of the queue's own tables; `shelfline_queue` unless given. */
  readonly queueSchema?: string | undefined;
}

/** The queue's own connections, besides one more that listens, and how long a stopping process lets tasks finish. */
export type QueueLimits = Limits<'queue'>;

/** Is told what is done, for metrics. Each method must be quick, and must not throw. */
export type StoreVisitsObserver = FetchObserver & ProcessingObserver & JobsObserver & CallbackObserver;

/** Everything that varies, and may be left out. Nothing reads the environment. */
export interface StoreVisitsOptions {
  /** `all` unless given. */
  readonly role?: Role | undefined;
  readonly database?: DatabaseOptions | undefined;
  readonly http?: HttpLimits | undefined;
  readonly jobs?: JobLimits | undefined;
  readonly images?: ImageOptions | undefined;
  readonly analysis?: AnalysisLimits | undefined;
  readonly callbacks?: CallbackOptions | undefined;
  readonly queue?: QueueLimits | undefined;
  readonly observer?: StoreVisitsObserver | undefined;
}

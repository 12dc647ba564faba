import type { CallbackObserver } from './webhooks/callback-observer.js';
import type { FetchObserver } from './images/fetching/fetch-observer.js';
import type { JobsObserver } from './jobs/jobs-observer.js';
import type { ProcessingObserver } from './processing/processing-observer.js';
import type * as groups from './store-visits.option-groups.js';

export type * from './store-visits.option-groups.js';

/** The role of a process: everything, the API without processing, or processing without the API. */
export type Role = 'all' | 'api' | 'worker';

/** Its methods are called for events that metrics count. They have to be fast, and must not throw. */
export type StoreVisitsObserver = FetchObserver & ProcessingObserver & JobsObserver & CallbackObserver;

/** The options of the module. All are optional, and the module does not read the environment. */
export interface StoreVisitsOptions {
  /** The default is `all`. */
  readonly role?: Role | undefined;
  readonly database?: groups.DatabaseOptions | undefined;
  readonly http?: groups.HttpLimits | undefined;
  readonly jobs?: groups.JobLimits | undefined;
  readonly images?: groups.ImageOptions | undefined;
  readonly analysis?: groups.AnalysisLimits | undefined;
  readonly callbacks?: groups.CallbackOptions | undefined;
  readonly queue?: groups.QueueLimits | undefined;
  readonly observer?: StoreVisitsObserver | undefined;
}

import type { CallbackObserver } from './webhooks/callback-observer.js';
import type { FetchObserver } from './images/fetching/fetch-observer.js';
import type { JobsObserver } from './jobs/jobs-observer.js';
import type { ProcessingObserver } from './processing/processing-observer.js';
import type * as groups from './store-visits.option-groups.js';

export type * from './store-visits.option-groups.js';

/** What a process does: everything, the API without processing, or processing without the API. */
export type Role = 'all' | 'api' | 'worker';

/** Its methods are called with what is done, for metrics. Each must be quick, and must not throw. */
export type StoreVisitsObserver = FetchObserver & ProcessingObserver & JobsObserver & CallbackObserver;

/** Everything that varies. All of it may be left out, and nothing reads the environment. */
export interface StoreVisitsOptions {
  /** `all` unless given. */
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

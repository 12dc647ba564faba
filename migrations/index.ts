import { CreateTables1764000000000 } from './1764000000000-create-tables.js';
import { ControlJobs1764100000000 } from './1764100000000-control-jobs.js';
import { HoldImages1764200000000 } from './1764200000000-hold-images.js';
import { StreamSubmissions1764300000000 } from './1764300000000-stream-submissions.js';
import { CallBack1764400000000 } from './1764400000000-call-back.js';
import { ListVisits1764500000000 } from './1764500000000-list-visits.js';
import { RefuseImages1764600000000 } from './1764600000000-refuse-images.js';
import { DescribeVisits1764700000000 } from './1764700000000-describe-visits.js';
import { RecordSubmitters1764710000000 } from './1764710000000-record-submitters.js';
import { LocateStores1764720000000 } from './1764720000000-locate-stores.js';
import { ReviewVisits1764730000000 } from './1764730000000-review-visits.js';
import { FlagImages1764820000000 } from './1764820000000-flag-images.js';

/** All migrations in order. They only go forward, and the previous version still works after each. */
export const migrations = [
  CreateTables1764000000000,
  ControlJobs1764100000000,
  HoldImages1764200000000,
  StreamSubmissions1764300000000,
  CallBack1764400000000,
  ListVisits1764500000000,
  RefuseImages1764600000000,
  DescribeVisits1764700000000,
  RecordSubmitters1764710000000,
  LocateStores1764720000000,
  ReviewVisits1764730000000,
  FlagImages1764820000000,
];

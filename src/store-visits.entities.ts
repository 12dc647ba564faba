import { Callback } from './webhooks/callback.entity.js';
import { Image } from './images/image.entity.js';
import { JobRow, JobStore } from './jobs/job.entity.js';
import { Upload } from './jobs/submission/upload.entity.js';
import { Visit } from './jobs/visit.entity.js';
import { Store } from './stores/store.entity.js';

/** The entities that the DataSource of a host platform needs. */
export const entities = [Store, JobRow, JobStore, Upload, Visit, Image, Callback];

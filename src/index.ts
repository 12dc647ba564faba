import { migrations } from '#migrations';
import {
  type EntityClass,
  entitiesInSchema,
  type Migration,
  migrationsInSchema,
  SCHEMA,
} from './database/schema.js';
import { entities } from './store-visits.module.js';

export { ImagesService } from './images/images.service.js';
export { JobsService } from './jobs/jobs.service.js';
export { VisitsService } from './jobs/visits.service.js';
export { StoreVisitsOptionsError } from './room-options.js';
export {
  type StoreVisitsAsyncSetup,
  StoreVisitsModule,
  type StoreVisitsSetup,
} from './store-visits.module.js';
export type * from './store-visits.options.js';
export { StoresService } from './stores/stores.service.js';
export { entities, migrations };

/** The migrations of a schema, in order, for the DataSource of the platform. They make the schema where it is not there. */
export function migrationsIn(schema: string = SCHEMA): Migration[] {
  return migrationsInSchema(migrations, schema);
}

/** The entities of a schema, for the DataSource of the platform. */
export function entitiesIn(schema: string = SCHEMA): EntityClass[] {
  return entitiesInSchema(entities, schema);
}

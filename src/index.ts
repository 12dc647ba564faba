export { migrations } from '#migrations';
export { runMigrations } from './database/migration-runner.js';
export { dataSourceOptions } from './database/data-source.js';
export { ImagesService } from './images/images.service.js';
export { JobsService } from './jobs/jobs.service.js';
export { VisitsService } from './jobs/visits.service.js';
export { entities, StoreVisitsModule } from './store-visits.module.js';
export type { Role, StoreVisitsOptions } from './store-visits.options.js';
export { StoresService } from './stores/stores.service.js';

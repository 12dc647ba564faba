import { type ExistingProvider, Inject, type Type } from '@nestjs/common';
import { HealthService } from './health/health.service.js';
import { ImagesService } from './images/images.service.js';
import { JobControlService } from './jobs/control/job-control.service.js';
import { JobsService } from './jobs/jobs.service.js';
import { StoresService } from './stores/stores.service.js';
import { VisitsService } from './visits/visits.service.js';

/** The services for code without HTTP. */
const SERVICES: readonly Type[] = [
  JobsService,
  JobControlService,
  ImagesService,
  VisitsService,
  StoresService,
  HealthService,
];

/**
 * The injection token of a service of a named instance of the module. Without it, a module that imports several instances
 * gets the service of one of them.
 *
 * @param instance the `name` that `forRoot` or `forRootAsync` was given
 */
export function getStoreVisitsToken(service: Type, instance: string): string {
  return `StoreVisits(${instance}).${service.name}`;
}

/** Injects a service of a named instance of the module, such as `@InjectStoreVisits(JobsService, 'audits')`. */
export function InjectStoreVisits(service: Type, instance: string): ParameterDecorator & PropertyDecorator {
  return Inject(getStoreVisitsToken(service, instance));
}

/** The services of an instance by their tokens; none if it has no name. */
export function toInstanceProviders(
  instance: string | undefined,
): (ExistingProvider & { provide: string })[] {
  if (instance === undefined) return [];
  return SERVICES.map((service) => ({
    provide: getStoreVisitsToken(service, instance),
    useExisting: service,
  }));
}

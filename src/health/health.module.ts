import { type DynamicModule, Module } from '@nestjs/common';
import { HealthService } from './health.service.js';

/** Readiness and backlog. */
@Module({ providers: [HealthService], exports: [HealthService] })
export class HealthModule {
  /** @param imports the database and the queue */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: HealthModule, imports };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions } from '../database/data-source.js';
import { splitConnections } from '../queue/queue.options.js';
import { entities, StoreVisitsModule } from '../store-visits.module.js';
import type { Settings } from './environment.js';
import { HealthController } from './health/health.controller.js';
import { applicationName, toOptions } from './options.js';

/** The standalone application: the library on a DataSource of its own, and health. */
@Module({})
export class AppModule {
  static with(settings: Settings, databaseUrl: string): DynamicModule {
    const storeVisits = StoreVisitsModule.forRoot({
      role: settings.role,
      ...toOptions(settings, databaseUrl),
    });
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions(
            {
              url: databaseUrl,
              poolSize: splitConnections(settings.databasePoolSize).tables,
              applicationName: applicationName(settings),
            },
            entities,
          ),
          retryAttempts: 0,
        }),
        storeVisits,
      ],
      controllers: [HealthController],
    };
  }
}

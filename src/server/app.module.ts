import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { dataSourceOptions } from '../database/data-source.js';
import type { SourceOptions } from '../outbound/sources/source-options.js';
import { splitConnections } from '../queue/connections.js';
import { entities } from '../store-visits.entities.js';
import { StoreVisitsModule } from '../store-visits.module.js';
import type { Settings } from './environment.js';
import { toRoomOptions } from '../room-options.js';
import { HealthController } from './health.controller.js';
import { MeModule } from './me/me.module.js';
import { ShareModule } from './share/share.module.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { toAnalyzers, applicationName, toOptions } from './options.js';

/** The standalone service: the library with its own DataSource, log, health checks and metrics. */
@Module({})
export class AppModule {
  static with(
    settings: Settings,
    databaseUrl: string,
    lines: Logger,
    sources: readonly SourceOptions[] = [],
  ): DynamicModule {
    const metrics = new Metrics(settings.role);
    const options = toOptions(settings, metrics, sources);
    const { http } = toRoomOptions(options);
    const storeVisits = StoreVisitsModule.forRoot({ ...options, analyzers: toAnalyzers(settings) });
    return {
      module: AppModule,
      imports: [
        // Requests get their loggers before any route or middleware of Nest handles them, and log lines use these loggers.
        LoggerModule.forRoot({ pinoHttp: { logger: lines }, useExisting: true }),
        TypeOrmModule.forRoot({
          ...dataSourceOptions(
            {
              url: databaseUrl,
              poolSize: splitConnections(settings.databasePoolSize).tables,
              silenceMs: settings.databaseSilenceMs,
              applicationName: applicationName(settings),
            },
            entities,
          ),
          retryAttempts: 0,
        }),
        storeVisits,
        // A worker has no API.
        ...(settings.role === 'worker'
          ? []
          : [MeModule.with(http), ShareModule.with(http, settings, storeVisits)]),
      ],
      controllers: [HealthController, MetricsController],
      providers: [{ provide: Metrics, useValue: metrics }],
    };
  }
}

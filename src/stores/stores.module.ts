import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
} from '@nestjs/common';
import { API_MOUNT, type Imports, type Mount, mounted } from '../http/api-controller.decorator.js';
import { JsonBodyMiddleware } from '../http/json-body.middleware.js';
import { StoresController } from './stores.controller.js';
import { StoresRepository } from './stores.repository.js';
import { StoresService } from './stores.service.js';

/** The store master, without routes. */
@Module({ providers: [StoresService, StoresRepository], exports: [StoresService] })
export class StoresModule {
  /** @param imports the database */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: StoresModule, imports };
  }
}

/** The routes of the store master. */
@Module({})
export class StoresHttpModule implements NestModule {
  /** @param imports the stores and the HTTP module, and what the guards need */
  static at(mount: Mount, ...imports: Imports): DynamicModule {
    return {
      module: StoresHttpModule,
      imports,
      controllers: mounted([StoresController], mount),
      providers: [{ provide: API_MOUNT, useValue: mount }],
    };
  }

  constructor(@Inject(API_MOUNT) private readonly mount: Mount) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(JsonBodyMiddleware)
      .forRoutes({ path: `${this.mount.path}/stores/:store_id`, method: RequestMethod.PUT });
  }
}

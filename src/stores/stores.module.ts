import {
  type DynamicModule,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
} from '@nestjs/common';
import { API_PATH } from '../http/api-controller.decorator.js';
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
@Module({ controllers: [StoresController] })
export class StoresHttpModule implements NestModule {
  /** @param imports the stores and the HTTP module */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: StoresHttpModule, imports };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(JsonBodyMiddleware)
      .forRoutes({ path: `${API_PATH}/stores/:store_id`, method: RequestMethod.PUT });
  }
}

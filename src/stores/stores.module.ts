import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { AnswersMiddleware } from '../http/answers/answers.middleware.js';
import { API_MOUNT, type Imports, type Mount, mounted } from '../http/routes/api-controller.decorator.js';
import { JsonBodyMiddleware } from '../http/bodies/json-body.middleware.js';
import { StrictQueryMiddleware } from '../http/routes/unknown-parameters.js';
import { SmallBodyMiddleware } from '../http/bodies/small-body.middleware.js';
import { StoreImporter } from './store-importer.js';
import { StoresController } from './stores.controller.js';
import { StoresRepository } from './stores.repository.js';
import { StoresService } from './stores.service.js';

/** The store master, without routes. */
@Module({
  providers: [StoresService, StoresRepository, StoreImporter],
  exports: [StoresService, StoreImporter],
})
export class StoresModule {
  /** @param imports the database */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: StoresModule, imports };
  }
}

const STORES_CONTROLLERS = Symbol('STORES_CONTROLLERS');

/** The routes of the store master. */
@Module({})
export class StoresHttpModule implements NestModule {
  /** @param imports the stores and the HTTP module, and what the guards need */
  static at(mount: Mount, ...imports: Imports): DynamicModule {
    const controllers = mounted([StoresController], mount);
    return {
      module: StoresHttpModule,
      imports,
      controllers,
      providers: [
        { provide: API_MOUNT, useValue: mount },
        { provide: STORES_CONTROLLERS, useValue: controllers },
      ],
    };
  }

  constructor(
    @Inject(API_MOUNT) private readonly mount: Mount,
    @Inject(STORES_CONTROLLERS) private readonly controllers: readonly Type[],
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    const put = { path: `${this.mount.path}/stores/:store_id`, method: RequestMethod.PUT };
    const importing = { path: `${this.mount.path}/stores/import`, method: RequestMethod.POST };
    consumer.apply(AnswersMiddleware, StrictQueryMiddleware).forRoutes(...this.controllers);
    consumer.apply(JsonBodyMiddleware).forRoutes(put);
    consumer
      .apply(SmallBodyMiddleware)
      .exclude(put, importing)
      .forRoutes(...this.controllers);
  }
}

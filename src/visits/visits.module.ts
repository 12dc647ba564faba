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
import { SmallBodyMiddleware } from '../http/bodies/small-body.middleware.js';
import { JsonBodyMiddleware } from '../http/bodies/json-body.middleware.js';
import { API_MOUNT, type Imports, type Mount, mounted } from '../http/routes/api-controller.decorator.js';
import { StrictQueryMiddleware } from '../http/routes/unknown-parameters.js';
import { VisitsController } from './visits.controller.js';
import { VisitsRepository } from './visits.repository.js';
import { VisitsService } from './visits.service.js';

/** Visits across jobs, without routes. */
@Module({ providers: [VisitsService, VisitsRepository], exports: [VisitsService] })
export class VisitsModule {
  /** @param imports the database, the jobs and the flags */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: VisitsModule, imports };
  }
}

const VISITS_CONTROLLERS = Symbol('VISITS_CONTROLLERS');

/** The routes of visits. */
@Module({})
export class VisitsHttpModule implements NestModule {
  /** @param imports the visits, the HTTP module, and the dependencies of the guards */
  static at(mount: Mount, ...imports: Imports): DynamicModule {
    const controllers = mounted([VisitsController], mount);
    return {
      module: VisitsHttpModule,
      imports,
      controllers,
      providers: [
        { provide: API_MOUNT, useValue: mount },
        { provide: VISITS_CONTROLLERS, useValue: controllers },
      ],
    };
  }

  constructor(
    @Inject(API_MOUNT) private readonly mount: Mount,
    @Inject(VISITS_CONTROLLERS) private readonly controllers: readonly Type[],
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    const put = { path: `${this.mount.path}/visits/:visit_id/review`, method: RequestMethod.PUT };
    consumer.apply(AnswersMiddleware, StrictQueryMiddleware).forRoutes(...this.controllers);
    consumer.apply(JsonBodyMiddleware).forRoutes(put);
    consumer
      .apply(SmallBodyMiddleware)
      .exclude(put)
      .forRoutes(...this.controllers);
  }
}

import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AnswersMiddleware } from './answers/answers.middleware.js';
import { API_MOUNT, type Mount, getMountedRoutes } from './routes/api-controller.decorator.js';
import { JsonBodies, JsonBodyMiddleware } from './bodies/json-body.middleware.js';
import { SmallBodyMiddleware } from './bodies/small-body.middleware.js';
import { answerPlatformErrors } from './errors/platform-errors.js';
import { TableExports } from './tables/table-exports.js';
import { StrictQueryMiddleware } from './routes/unknown-parameters.js';

const PROVIDERS = [
  AnswersMiddleware,
  JsonBodies,
  JsonBodyMiddleware,
  SmallBodyMiddleware,
  StrictQueryMiddleware,
  TableExports,
];

/** The providers that all controllers share. They are bound to each controller and never globally. */
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class HttpModule implements NestModule {
  /** @param imports modules that provide `HTTP_OPTIONS` */
  static at(mount: Mount, ...imports: DynamicModule[]): DynamicModule {
    return {
      module: HttpModule,
      imports,
      providers: [{ provide: API_MOUNT, useValue: mount }],
      exports: imports,
    };
  }

  constructor(
    @Inject(API_MOUNT) private readonly mount: Mount,
    private readonly platform: HttpAdapterHost,
  ) {}

  /** @throws Error if the HTTP platform is not Express */
  configure(): void {
    const { httpAdapter } = this.platform;
    if (httpAdapter.getType() !== 'express')
      throw new Error(
        `StoreVisitsModule: its routes need @nestjs/platform-express, and this application runs on ${httpAdapter.getType()}. ` +
          'Leave them out with controllers: false',
      );
    httpAdapter.use(answerPlatformErrors(httpAdapter, () => getMountedRoutes(this.mount)));
  }
}

import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { API_PATH, mounted } from '../../http/routes/api-controller.decorator.js';
import { HTTP_OPTIONS, type HttpOptions } from '../../http/http.options.js';
import { StrictQueryMiddleware } from '../../http/routes/unknown-parameters.js';
import { SmallBodyMiddleware } from '../../http/bodies/small-body.middleware.js';
import { MeController } from './me.controller.js';

const CONTROLLERS = mounted([MeController], { path: API_PATH, guards: [], decorators: [] });

/** `GET /api/me`. Only the standalone service has it. */
@Module({ controllers: CONTROLLERS })
export class MeModule implements NestModule {
  static with(options: HttpOptions): DynamicModule {
    return { module: MeModule, providers: [{ provide: HTTP_OPTIONS, useValue: options }] };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(StrictQueryMiddleware, SmallBodyMiddleware).forRoutes(...CONTROLLERS);
  }
}

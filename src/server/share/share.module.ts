import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { JsonBodies, JsonBodyMiddleware } from '../../http/bodies/json-body.middleware.js';
import { HTTP_OPTIONS, type HttpOptions } from '../../http/http.options.js';
import { API_PATH, mounted } from '../../http/routes/api-controller.decorator.js';
import { StrictQueryMiddleware } from '../../http/routes/unknown-parameters.js';
import { SHARE_OPTIONS, ShareController, type ShareOptions } from './share.controller.js';

const CONTROLLERS = mounted([ShareController], { path: API_PATH, guards: [], decorators: [] });

/** `POST /api/jobs/{job_id}/share`. Only the standalone service has it. */
@Module({ controllers: CONTROLLERS })
export class ShareModule implements NestModule {
  /** @param storeVisits the module with the jobs */
  static with(http: HttpOptions, options: ShareOptions, storeVisits: DynamicModule): DynamicModule {
    return {
      module: ShareModule,
      imports: [storeVisits],
      providers: [
        JsonBodies,
        { provide: HTTP_OPTIONS, useValue: http },
        { provide: SHARE_OPTIONS, useValue: options },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(StrictQueryMiddleware, JsonBodyMiddleware).forRoutes(...CONTROLLERS);
  }
}

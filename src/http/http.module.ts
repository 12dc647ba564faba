import { type DynamicModule, Module } from '@nestjs/common';
import { JsonBodyMiddleware } from './json-body.middleware.js';

/** What every controller shares, bound controller by controller and never globally. */
@Module({ providers: [JsonBodyMiddleware], exports: [JsonBodyMiddleware] })
export class HttpModule {
  /** @param imports modules that provide `HTTP_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: HttpModule, imports, exports: imports };
  }
}

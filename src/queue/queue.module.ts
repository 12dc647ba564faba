import { type DynamicModule, Module } from '@nestjs/common';
import { QueueService } from './queue.service.js';

/** The queue of this process. */
@Module({ providers: [QueueService], exports: [QueueService] })
export class QueueModule {
  /** @param imports modules that provide `QUEUE_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: QueueModule, imports };
  }
}

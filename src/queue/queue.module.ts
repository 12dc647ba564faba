import { type DynamicModule, Module } from '@nestjs/common';
import { QueueService } from './queue.service.js';

/** The queue of this process. */
@Module({ providers: [QueueService], exports: [QueueService] })
export class QueueModule {
  /** @param imports the database, in which tasks are enqueued with the caller's rows, and what provides `QUEUE_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: QueueModule, imports };
  }
}

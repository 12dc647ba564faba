import { type DynamicModule, Module } from '@nestjs/common';
import { BatchProcessor } from './batch.processor.js';
import { BatchWorker } from './batch.worker.js';

/** The processor of batches. It rests until {@link BatchWorker.start}. */
@Module({ providers: [BatchProcessor, BatchWorker], exports: [BatchWorker] })
export class ProcessingModule {
  /** @param imports the database, the jobs, the images, the fetching, the queue, and what provides `PROCESSING_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: ProcessingModule, imports };
  }
}

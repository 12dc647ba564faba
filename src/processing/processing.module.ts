import { type DynamicModule, Module } from '@nestjs/common';
import { BatchProcessor } from './batch.processor.js';
import { BatchWorker } from './batch.worker.js';
import { FaultNarrowing } from './fault-narrowing.js';
import { ResultWriter } from './result-writer.js';

/** Processes the images of jobs. The worker must be started. */
@Module({
  providers: [BatchProcessor, BatchWorker, FaultNarrowing, ResultWriter],
  exports: [BatchWorker],
})
export class ProcessingModule {
  /** @param imports the database, the jobs, the images, the fetching, the events, the queue, and what provides `PROCESSING_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: ProcessingModule, imports };
  }
}

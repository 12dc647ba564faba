import { type DynamicModule, Module } from '@nestjs/common';
import { BatchProcessor } from './batch.processor.js';
import { BatchWorker } from './batch.worker.js';
import { FaultNarrowing } from './fault-narrowing.js';
import { ResultWriter } from './result-writer.js';
import { Retention } from './retention.js';
import { SweepProcessor } from './sweep.processor.js';
import { SweepWorker } from './sweep.worker.js';

/** What works on jobs in the background. Each worker rests until it is started. */
@Module({
  providers: [
    BatchProcessor,
    BatchWorker,
    FaultNarrowing,
    ResultWriter,
    SweepProcessor,
    SweepWorker,
    Retention,
  ],
  exports: [BatchWorker, SweepWorker, Retention],
})
export class ProcessingModule {
  /** @param imports the database, the jobs, the images, the fetching, the events, the queue, and what provides `PROCESSING_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: ProcessingModule, imports };
  }
}

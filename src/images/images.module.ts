import { type DynamicModule, Module } from '@nestjs/common';
import { ImageBatchesRepository } from './image-batches.repository.js';
import { ImageSweepsRepository } from './image-sweeps.repository.js';
import { ImagesReader } from './images.reader.js';
import { ImagesRepository } from './images.repository.js';
import { ImagesService } from './images.service.js';
import { ResultDetailsRepository } from './results/result-details.repository.js';

/** Image rows and their queries. */
@Module({
  providers: [
    ImagesRepository,
    ImageBatchesRepository,
    ImageSweepsRepository,
    ImagesReader,
    ImagesService,
    ResultDetailsRepository,
  ],
  exports: [ImagesRepository, ImageBatchesRepository, ImageSweepsRepository, ImagesReader, ImagesService],
})
export class ImagesModule {
  /** @param imports the database and the flags */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: ImagesModule, imports };
  }
}

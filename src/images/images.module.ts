import { type DynamicModule, Module } from '@nestjs/common';
import { ImageSweepsRepository } from './image-sweeps.repository.js';
import { ImagesRepository } from './images.repository.js';
import { ImagesService } from './images.service.js';

/** Image rows and their queries. */
@Module({
  providers: [ImagesRepository, ImageSweepsRepository, ImagesService],
  exports: [ImagesRepository, ImageSweepsRepository, ImagesService],
})
export class ImagesModule {
  /** @param imports the database and the flags */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: ImagesModule, imports };
  }
}

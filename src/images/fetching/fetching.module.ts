import { type DynamicModule, Module } from '@nestjs/common';
import { ImageFetcher } from './image-fetcher.js';

/** Fetching of images. */
@Module({ providers: [ImageFetcher], exports: [ImageFetcher] })
export class FetchingModule {
  /** @param imports the outbound rules, and what provides `FETCHING_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: FetchingModule, imports };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { ComparisonRepository } from './comparison.repository.js';
import { ComparisonService } from './comparison.service.js';
import { EvidenceRepository } from './evidence.repository.js';
import { FlagReader } from './flag-reader.js';

/** Flags of images: comparing them, and reading their evidence. */
@Module({
  providers: [ComparisonRepository, ComparisonService, EvidenceRepository, FlagReader],
  exports: [ComparisonRepository, ComparisonService, FlagReader],
})
export class FlagsModule {
  /** @param imports the database, and what provides `FLAGS_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: FlagsModule, imports };
  }
}

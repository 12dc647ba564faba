import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { FILE_INTEREST, type FileInterest } from '../fetching/file-interest.js';
import { IMAGE_ANALYZERS, type ImageAnalyzer, wants } from './image-analyzer.js';

/** An analyzer, or a class that Nest creates it from. */
export type GivenAnalyzer = Type<ImageAnalyzer> | ImageAnalyzer;

/** The analyzers of the application, and what they need of each file together. */
@Module({ exports: [IMAGE_ANALYZERS, FILE_INTEREST] })
export class AnalyzersModule {
  /** @param imports modules that provide the dependencies of the classes */
  static of(
    given: readonly GivenAnalyzer[],
    ...imports: NonNullable<ModuleMetadata['imports']>
  ): DynamicModule {
    const classes = given.filter((analyzer) => typeof analyzer === 'function');
    const analyzers = {
      provide: IMAGE_ANALYZERS,
      inject: classes,
      // Keeps the given order of classes and instances.
      useFactory: (...made: ImageAnalyzer[]): ImageAnalyzer[] =>
        given.map((analyzer) => {
          if (typeof analyzer !== 'function') return analyzer;
          const instance = made[classes.indexOf(analyzer)];
          if (instance === undefined) throw new Error(`${analyzer.name} was not made`);
          return instance;
        }),
    };
    const interest = { provide: FILE_INTEREST, inject: [IMAGE_ANALYZERS], useFactory: toFileInterest };
    return { module: AnalyzersModule, imports, providers: [...classes, analyzers, interest] };
  }
}

/** What analyzers need of each file; undefined without analyzers. */
export function toFileInterest(analyzers: readonly ImageAnalyzer[]): FileInterest | undefined {
  if (analyzers.length === 0) return undefined;
  return {
    usesExif: analyzers.some(({ usesExif }) => usesExif === true),
    wants: (start, format, exif) => analyzers.some((analyzer) => wants(analyzer, start, format, exif)),
  };
}

import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { IMAGE_ANALYZERS, type ImageAnalyzer } from './image-analyzer.js';

/** An analyzer, or a class that Nest makes it of. */
export type GivenAnalyzer = Type<ImageAnalyzer> | ImageAnalyzer;

/** The analyzers of the application. */
@Module({ exports: [IMAGE_ANALYZERS] })
export class AnalyzersModule {
  /** @param imports modules that provide what the classes get */
  static of(
    given: readonly GivenAnalyzer[],
    ...imports: NonNullable<ModuleMetadata['imports']>
  ): DynamicModule {
    const classes = given.filter((analyzer) => typeof analyzer === 'function');
    const analyzers = {
      provide: IMAGE_ANALYZERS,
      inject: classes,
      // In the order in which they were given, classes and instances alike.
      useFactory: (...made: ImageAnalyzer[]): ImageAnalyzer[] =>
        given.map((analyzer) => {
          if (typeof analyzer !== 'function') return analyzer;
          const instance = made[classes.indexOf(analyzer)];
          if (instance === undefined) throw new Error(`${analyzer.name} was not made`);
          return instance;
        }),
    };
    return { module: AnalyzersModule, imports, providers: [...classes, analyzers] };
  }
}

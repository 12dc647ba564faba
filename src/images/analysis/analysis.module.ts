import { type DynamicModule, Module } from '@nestjs/common';
import { ImageAnalysis } from './image-analysis.js';

/** Analysis of measured images. */
@Module({ providers: [ImageAnalysis], exports: [ImageAnalysis] })
export class AnalysisModule {
  /**
   * @param imports the fetching, and providers of `FETCHING_OPTIONS`, `ANALYSIS_OPTIONS` and `IMAGE_ANALYZERS`
   */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: AnalysisModule, imports };
  }
}

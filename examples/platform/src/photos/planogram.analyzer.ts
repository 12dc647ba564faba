import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type AnalyzedImage, type ImageAnalyzer, ImageRejected, type Json } from 'shelfline';

/** The least that can be compared with a planogram: a photo that is wide enough to hold a shelf. */
@Injectable()
export class PlanogramAnalyzer implements ImageAnalyzer {
  readonly name = 'planogram';
  private readonly mostNarrow: number;

  constructor(config: ConfigService) {
    this.mostNarrow = Number(config.get<string>('PLANOGRAM_MIN_RATIO') ?? 0.5);
  }

  async analyze({ width, height }: AnalyzedImage): Promise<Json> {
    const ratio = width / height;
    if (ratio < this.mostNarrow) throw new ImageRejected('the photo is too narrow for a shelf');
    return { ratio: Math.round(ratio * 100) / 100 };
  }
}

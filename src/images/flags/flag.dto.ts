import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { FLAG_CODES, type FlagCode } from './flag-codes.js';

/** A flag, whose evidence has the fields of its code. */
@ApiSchema({ name: 'ShelflineFlag' })
export class FlagDto {
  @ApiProperty({ enum: FLAG_CODES, example: 'too_small' })
  code!: FlagCode;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { side: 368 },
    description:
      'What the flag rests on. `same_file`, `same_picture` and `repeated_in_visit`: `count` of the other images (`at_least` ' +
      'if there are more) and the first 5 of them as `images`: `image_id`, `job_id`, `store_id`, `visit_time`, `same_job`. ' +
      '`common_image`: `stores`. `other_time`: `capture_time`, `source`, `delay_seconds`, `limit_seconds`. ' +
      '`clock_implausible`: `capture_time`. `elsewhere`: `distance_meters`, `error_meters`, `limit_meters`. ' +
      '`not_a_camera_format`: `format`. `too_small`: `side`.',
  })
  evidence!: Record<string, unknown>;
}

/** The OpenAPI schema of the flags of an image. */
export const FLAGS_SCHEMA = {
  type: [FlagDto] as [typeof FlagDto],
  maxItems: FLAG_CODES.length,
  example: [{ code: 'too_small', evidence: { side: 368 } }],
  description:
    'What was found about the image, with its evidence. A flag is never a verdict, and changes no status.',
};

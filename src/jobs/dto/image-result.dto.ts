import { ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import { MAX_LIMIT } from '../../http/page.js';
import { IMAGE_STATUSES, type ImageStatus } from '../../images/image.entity.js';

@ApiSchema({ name: 'ImageResult' })
export class ImageResultDto {
  @ApiProperty({ example: 'img_1_0' })
  image_id!: string;

  @ApiProperty({ example: 'RP00002' })
  store_id!: string;

  @ApiProperty({ format: 'date-time', example: '2024-11-16T12:00:00.000Z' })
  visit_time!: string;

  @ApiProperty({ example: 'https://www.gstatic.com/webp/gallery/2.jpg' })
  image_url!: string;

  @ApiProperty({ enum: IMAGE_STATUSES, example: 'succeeded' })
  status!: ImageStatus;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 550,
    description: 'Pixels, before EXIF rotation.',
  })
  width!: number | null;

  @ApiProperty({ type: 'integer', minimum: 0, nullable: true, example: 368 })
  height!: number | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 1836,
    description: '2 × (width + height), in pixels.',
  })
  perimeter!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'jpg' })
  format!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'image/jpeg' })
  mime!: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: 8,
    nullable: true,
    example: null,
    description: 'EXIF orientation.',
  })
  orientation!: number | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 30320,
    description: 'Bytes, as the host declared them.',
  })
  content_length!: number | null;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  attempts!: number;

  @ApiProperty({ type: String, nullable: true, example: null })
  error!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  error_code!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2024-11-16T10:00:00.120Z' })
  processed_at!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'What analyzers found, under their names. `exif` says what the photo says of itself: when it was taken ' +
      '(`capture_time`, and `capture_time_source`: `original`, `digitized`, `modified` or `gps`), how long after the ' +
      'visit (`capture_delay_seconds`), by which `camera`, and where (`latitude` and `longitude` in degrees of WGS 84, ' +
      '`position_error_meters`). A value that the photo does not have, or that cannot be read, is null.',
    example: {
      exif: {
        capture_time: '2024-11-16T12:04:10.000Z',
        capture_time_source: 'original',
        capture_delay_seconds: 250,
        camera: 'Acme Shelf 3',
        latitude: 12.971599,
        longitude: 77.594566,
        position_error_meters: 4.7,
      },
    },
  })
  analysis!: Record<string, unknown>;
}

@ApiSchema({ name: 'ImageResultPage' })
export class ImageResultPageDto {
  @ApiProperty({ type: [ImageResultDto], maxItems: MAX_LIMIT })
  items!: ImageResultDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

const EXAMPLE_RESULT = {
  image_id: 'img_1_0',
  store_id: 'RP00002',
  visit_time: '2024-11-16T12:00:00.000Z',
  image_url: 'https://www.gstatic.com/webp/gallery/2.jpg',
  status: 'succeeded',
  width: 550,
  height: 368,
  perimeter: 1836,
  format: 'jpg',
  mime: 'image/jpeg',
  orientation: null,
  content_length: 30320,
  attempts: 1,
  error: null,
  error_code: null,
  processed_at: '2024-11-16T10:00:00.120Z',
  analysis: {
    exif: {
      capture_time: '2024-11-16T12:04:10.000Z',
      capture_time_source: 'original',
      capture_delay_seconds: 250,
      camera: 'Acme Shelf 3',
      latitude: 12.971599,
      longitude: 77.594566,
      position_error_meters: 4.7,
    },
  },
};

/** The results of a job's images in each form that they may have, with an example. */
export const IMAGE_RESULTS = {
  'application/json': {
    schema: { $ref: getSchemaPath(ImageResultPageDto) },
    example: { items: [EXAMPLE_RESULT], next_cursor: null },
  },
  'text/csv': {
    schema: { type: 'string', description: 'A header, then a row for each image. `analysis` is JSON.' },
    example: stringify([EXAMPLE_RESULT], { header: true }),
  },
  'application/x-ndjson': {
    schema: { type: 'string', description: 'One `ImageResult` object a line.' },
    example: `${JSON.stringify(EXAMPLE_RESULT)}\n`,
  },
} as const;

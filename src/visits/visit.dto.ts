import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MAX_LIMIT } from '../http/input/page.js';
import { IMAGE_STATUSES, type ImageStatus } from '../images/image.entity.js';
import { EXAMPLE_JOB_ID } from '../jobs/job-id.js';
import { MAX_URLS_PER_VISIT } from '../jobs/image-url.rule.js';
import { VISIT_STATUSES, type VisitStatus } from './visit-view.js';

@ApiSchema({ name: 'ShelflineVisitImage' })
export class VisitImageDto {
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

  @ApiProperty({ type: String, nullable: true, example: null })
  error!: string | null;
}

@ApiSchema({ name: 'ShelflineVisit' })
export class VisitDto {
  @ApiProperty({ example: 'visit_1_0' })
  visit_id!: string;

  @ApiProperty({ example: EXAMPLE_JOB_ID })
  job_id!: string;

  @ApiProperty({ example: 'RP00002' })
  store_id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Corner Market',
    description: 'Current name in the store master; null for an unknown store.',
  })
  store_name!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '7100015',
    description: 'The area of the store when the visit was submitted; null for an unknown store.',
  })
  area_code!: string | null;

  @ApiProperty({ format: 'date-time', example: '2024-11-16T12:00:00.000Z' })
  visit_time!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'V-1001',
    description: "The submitter's own id of the visit.",
  })
  reference!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { Rep: 'Rep 7' },
    description: 'The metadata that the submitter gave the visit.',
  })
  metadata!: Record<string, string>;

  @ApiProperty({
    enum: VISIT_STATUSES,
    example: 'completed',
    description:
      '`ongoing` while an image is pending, `completed` when all have succeeded, `failed` when one has failed or was skipped ' +
      'because the job was cancelled, `unknown_store` when the store master had no such store: its images are not fetched.',
  })
  status!: VisitStatus;

  @ApiProperty({ type: [VisitImageDto], maxItems: MAX_URLS_PER_VISIT })
  images!: VisitImageDto[];
}

@ApiSchema({ name: 'ShelflineVisitPage' })
export class VisitPageDto {
  @ApiProperty({ type: [VisitDto], maxItems: MAX_LIMIT })
  items!: VisitDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { FLAG_CODES, type FlagCode } from '../images/flags/flag-codes.js';
import { FLAGS_SCHEMA } from '../images/flags/flag.dto.js';
import type { Flag } from '../images/flags/flag.js';
import { MAX_LIMIT } from '../http/input/page.js';
import { IMAGE_STATUSES, type ImageStatus } from '../images/image.entity.js';
import { EXAMPLE_JOB_ID } from '../jobs/job-id.js';
import { MAX_URLS_PER_VISIT } from '../jobs/image-url.rule.js';
import { MAX_NOTE_CHARACTERS, REVIEW_STATES, reviewNote, reviewState, type ReviewState } from './review.js';
import { Satisfies, SatisfiesIfGiven } from '../http/input/rules.js';
import { describeList } from '../http/tables/list-docs.js';
import { VISIT_TABLE } from './visit-table.js';
import { VISIT_STATUSES, type VisitStatus } from './visit-view.js';

@ApiSchema({ name: 'ShelflineVisitImage' })
export class VisitImageDto {
  @ApiProperty({ example: 'img_1_0' })
  image_id!: string;

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

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Why the image failed or was skipped.',
  })
  error!: string | null;

  @ApiProperty(FLAGS_SCHEMA)
  flags!: Flag[];
}

/** JSON schemas have no name for the control characters other than tabs and line breaks. */
const NOTE_PATTERN = String.raw`^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$`;
const STATE = {
  enum: [...REVIEW_STATES],
  example: 'approved' as const,
  description: 'What a person decided about the visit.',
};
const NOTE = {
  type: String,
  nullable: true,
  maxLength: MAX_NOTE_CHARACTERS,
  example: 'The shelf is stocked.',
};

@ApiSchema({ name: 'ShelflineReview' })
export class ReviewDto {
  @ApiProperty(STATE)
  state!: ReviewState;

  @ApiProperty(NOTE)
  note!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'office',
    description: 'The name of the API key that the review was sent with; null without keys.',
  })
  by!: string | null;

  @ApiProperty({ format: 'date-time', example: '2024-11-17T09:30:00.000Z' })
  at!: string;

  @ApiProperty({ example: false, description: 'Whether the job was retried after the review.' })
  outdated!: boolean;
}

@ApiSchema({ name: 'ShelflinePutReview' })
export class PutReviewDto {
  @ApiProperty(STATE)
  @Satisfies(reviewState)
  state!: ReviewState;

  @ApiPropertyOptional({ ...NOTE, pattern: NOTE_PATTERN })
  @SatisfiesIfGiven(reviewNote)
  note?: string | null;
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

  @ApiProperty({
    enum: FLAG_CODES,
    isArray: true,
    example: ['too_small'],
    description: 'The codes of the flags that its images have, each once.',
  })
  flags!: FlagCode[];

  @ApiProperty({
    type: ReviewDto,
    nullable: true,
    description: 'What a person decided about the visit; null without a review.',
  })
  review!: ReviewDto | null;

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

const EXAMPLE_VISIT: VisitDto = {
  visit_id: 'visit_1_0',
  job_id: EXAMPLE_JOB_ID,
  store_id: 'RP00002',
  store_name: 'Corner Market',
  area_code: '7100015',
  visit_time: '2024-11-16T12:00:00.000Z',
  reference: null,
  metadata: {},
  status: 'completed',
  flags: [],
  review: null,
  images: [
    {
      image_id: 'img_1_0',
      image_url: 'https://www.gstatic.com/webp/gallery/2.jpg',
      status: 'succeeded',
      width: 550,
      height: 368,
      perimeter: 1836,
      error: null,
      flags: [],
    },
  ],
};

/** A list of visits in each form, with an example. */
export const VISIT_LIST = describeList(VisitPageDto, VISIT_TABLE, EXAMPLE_VISIT);

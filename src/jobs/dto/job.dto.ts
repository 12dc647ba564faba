import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { FlagCounts } from '../../images/flags/flag-codes.js';
import { MAX_LIMIT } from '../../http/input/page.js';
import { CALLBACK_STATES, type CallbackState } from '../../webhooks/callback.entity.js';
import { JOB_STATUSES, type JobStatus } from '../job.entity.js';
import { describeList } from '../../http/tables/list-docs.js';
import { EXAMPLE_JOB_ID } from '../job-id.js';
import { JOB_TABLE } from '../job-table.js';

/** The maximum number of error entries in the status of a job, and in a job. */
export const STATUS_ERRORS = 1000;
export const JOB_ERRORS = 100;

@ApiSchema({ name: 'ShelflineSubmittedJob' })
export class SubmittedJobDto {
  @ApiProperty({ example: EXAMPLE_JOB_ID })
  job_id!: string;
}

@ApiSchema({ name: 'ShelflineJobError' })
export class JobErrorDto {
  @ApiProperty({ example: 'RP00002' })
  store_id!: string;

  @ApiProperty({
    example: 'Image download failed: https://example.com/a.jpg: the host answered 404 Not Found',
  })
  error!: string;
}

/** The short status of a job that has not failed. */
@ApiSchema({ name: 'ShelflineJobStatus' })
export class JobStatusDto {
  @ApiProperty({ example: EXAMPLE_JOB_ID })
  job_id!: string;

  @ApiProperty({ enum: ['ongoing', 'completed', 'cancelled'], example: 'completed' })
  status!: Exclude<JobStatus, 'failed'>;
}

/** The short status of a failed job, with its errors. */
@ApiSchema({ name: 'ShelflineFailedJobStatus' })
export class FailedJobStatusDto {
  @ApiProperty({ example: EXAMPLE_JOB_ID })
  job_id!: string;

  @ApiProperty({ enum: ['failed'], example: 'failed' })
  status!: 'failed';

  @ApiProperty({
    type: [JobErrorDto],
    maxItems: STATUS_ERRORS,
    description: 'The first 1,000 entries, in order of submission.',
  })
  error!: JobErrorDto[];
}

@ApiSchema({ name: 'ShelflineImageCounts' })
export class ImageCountsDto {
  @ApiProperty({ type: 'integer', minimum: 0, example: 2 })
  total!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  pending!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  succeeded!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 0 })
  failed!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 0,
    description: 'Images of visits to unknown stores, and images that were not fetched before a cancel.',
  })
  skipped!: number;
}

/** The state of the webhook for the last end of a job. */
@ApiSchema({ name: 'ShelflineCallback' })
export class CallbackDto {
  @ApiProperty({ example: 'https://field.example.com/hooks/shelfline' })
  url!: string;

  @ApiProperty({
    enum: CALLBACK_STATES,
    example: 'delivered',
    description:
      '`waiting` before the first attempt, `delivered` after a response of 2xx, `retrying` between further attempts.',
  })
  state!: CallbackState;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  attempts!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 200,
    description: 'The status of the last response. Null if the last attempt got none.',
  })
  last_status!: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2024-11-16T10:00:03.000Z' })
  last_attempt_at!: string | null;
}

@ApiSchema({ name: 'ShelflineJob' })
export class JobDto {
  @ApiProperty({ example: EXAMPLE_JOB_ID })
  job_id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'week 46' })
  reference!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { campaign: 'Diwali' },
    description: 'The metadata of the submission.',
  })
  metadata!: Record<string, string>;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'field-team',
    description: 'The name of the API key that the job was submitted with. Null without keys.',
  })
  submitted_by!: string | null;

  @ApiProperty({ enum: JOB_STATUSES, example: 'ongoing' })
  status!: JobStatus;

  @ApiProperty({ type: 'integer', minimum: 1, example: 2, description: 'The number of visits.' })
  count!: number;

  @ApiProperty({ type: ImageCountsDto })
  images!: ImageCountsDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    nullable: true,
    example: { same_file: 1 },
    description:
      'The number of images with each flag, as they stood when the job was counted, seconds after its end. ' +
      'Null before that, and if flags are off.',
  })
  flags!: FlagCounts | null;

  @ApiProperty({ format: 'date-time', example: '2024-11-16T10:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2024-11-16T10:00:00.012Z' })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  finished_at!: string | null;

  @ApiProperty({
    type: CallbackDto,
    nullable: true,
    description: 'The state of the webhook for the last end. Null without a callback_url.',
  })
  callback!: CallbackDto | null;

  @ApiProperty({
    type: [JobErrorDto],
    maxItems: JOB_ERRORS,
    description: 'The first 100 entries.',
    example: [],
  })
  error!: JobErrorDto[];

  @ApiProperty({ type: 'integer', minimum: 0, example: 0 })
  error_count!: number;
}

/** The body of a webhook, signed according to Standard Webhooks. */
@ApiSchema({ name: 'ShelflineJobEvent' })
export class JobEventDto {
  @ApiProperty({ enum: ['job.completed', 'job.failed', 'job.cancelled'], example: 'job.completed' })
  type!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2024-11-16T10:00:02.500Z',
    description: 'When the job ended.',
  })
  timestamp!: string;

  @ApiProperty({ type: JobDto, description: 'The job at that time.' })
  data!: JobDto;
}

/** The webhook of a completed job. */
export const EXAMPLE_JOB_EVENT: JobEventDto = {
  type: 'job.completed',
  timestamp: '2024-11-16T10:00:02.500Z',
  data: {
    job_id: EXAMPLE_JOB_ID,
    reference: null,
    metadata: {},
    submitted_by: 'field-team',
    status: 'completed',
    count: 2,
    images: { total: 2, pending: 0, succeeded: 2, failed: 0, skipped: 0 },
    flags: { same_file: 1 },
    created_at: '2024-11-16T10:00:00.000Z',
    started_at: '2024-11-16T10:00:00.040Z',
    finished_at: '2024-11-16T10:00:02.500Z',
    callback: {
      url: 'https://field.example.com/hooks/shelfline',
      state: 'waiting',
      attempts: 0,
      last_status: null,
      last_attempt_at: null,
    },
    error: [],
    error_count: 0,
  },
};

@ApiSchema({ name: 'ShelflineJobPage' })
export class JobPageDto {
  @ApiProperty({ type: [JobDto], maxItems: MAX_LIMIT })
  items!: JobDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

/** A list of jobs in each form, with an example. */
export const JOB_LIST = describeList(JobPageDto, JOB_TABLE, EXAMPLE_JOB_EVENT.data);

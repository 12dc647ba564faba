import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { textSchema } from '../../http/api-docs.js';
import { dateTime } from '../../http/date-time.js';
import { parseNumber } from '../../http/page.js';
import { Satisfies, SatisfiesIfGiven, text, wholeNumber } from '../../http/rules.js';
import {
  callbackUrl,
  imageUrls,
  MAX_CALLBACK_URL_LENGTH,
  MAX_URL_LENGTH,
  MAX_URLS_PER_VISIT,
} from '../image-url.rule.js';

/** Most visits of a job that comes as one JSON document. */
export const MAX_VISITS = 100_000;
/** What the number of visits of a streamed job may be: its images are bounded by a setting. */
export const MAX_COUNT = 2 ** 31 - 1;

/** What is said of a `callback_url` where nothing is there to sign callbacks with. */
export const NO_CALLBACKS =
  'is not available on this server: leave it out, and ask for the status of the job instead';

const URL_PATTERN = String.raw`^[Hh][Tt][Tt][Pp][Ss]?://[^\u0000-\u001f\u007f-\u009f]+$`;
const IMAGE_URL_PATTERN = String.raw`^([Hh][Tt][Tt][Pp][Ss]?|[Ss]3)://[^\u0000-\u001f\u007f-\u009f]+$`;
/** The schema of a callback_url. */
export const CALLBACK_URL_SCHEMA = {
  type: 'string',
  maxLength: MAX_CALLBACK_URL_LENGTH,
  pattern: URL_PATTERN,
} as const;
export const CALLBACK_URL_DESCRIPTION =
  'Told of each end of the job by a signed POST (Standard Webhooks). Only where the server has a WEBHOOK_SECRET.';

@ApiSchema({ name: 'NewVisit' })
export class VisitDto {
  @ApiProperty({
    ...textSchema(1, 64),
    example: 'RP00002',
    description: 'A store of the store master. The job fails for one that is not there.',
  })
  @Satisfies(text(1, 64))
  store_id!: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MAX_URLS_PER_VISIT,
    items: {
      type: 'string',
      maxLength: MAX_URL_LENGTH,
      pattern: IMAGE_URL_PATTERN,
    },
    example: ['https://www.gstatic.com/webp/gallery/2.jpg'],
    description: `Absolute http: or https: URLs of at most ${MAX_URL_LENGTH} characters, without user info. They are sent to the host as they are written. s3://bucket/key names an object of a bucket that is configured on the server.`,
  })
  @Satisfies(imageUrls)
  image_url!: string[];

  @ApiProperty({
    format: 'date-time',
    example: '2024-11-16T12:00:00Z',
    description: 'RFC 3339, with an offset or Z.',
  })
  @Satisfies(dateTime)
  visit_time!: string;
}

/** A visit as it is sent. */
export const EXAMPLE_VISIT = {
  store_id: 'RP00002',
  image_url: ['https://www.gstatic.com/webp/gallery/2.jpg'],
  visit_time: '2024-11-16T12:00:00Z',
};

/** A job that can be sent as it stands. */
export const EXAMPLE_JOB = { count: 2, visits: [EXAMPLE_VISIT, EXAMPLE_VISIT] };

@ApiSchema({ name: 'NewJob' })
export class SubmitJobDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: MAX_VISITS,
    example: EXAMPLE_JOB.count,
    description: 'The number of visits.',
  })
  @Satisfies(wholeNumber(1, MAX_VISITS))
  count!: number;

  @ApiProperty({
    type: [VisitDto],
    minItems: 1,
    maxItems: MAX_VISITS,
    example: EXAMPLE_JOB.visits,
  })
  @Satisfies((value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= MAX_VISITS
      ? undefined
      : `must be a list of 1 to ${MAX_VISITS} visits`,
  )
  visits!: unknown[];

  @ApiPropertyOptional({
    ...textSchema(1, 200),
    nullable: true,
    example: 'week 46',
    description: 'A label of your own, kept with the job.',
  })
  @SatisfiesIfGiven(text(1, 200))
  reference?: string | null;

  @ApiPropertyOptional({
    ...CALLBACK_URL_SCHEMA,
    nullable: true,
    example: null,
    description: CALLBACK_URL_DESCRIPTION,
  })
  @SatisfiesIfGiven(callbackUrl)
  callback_url?: string | null;
}

/** The query of a submission whose body streams: what a JSON document says beside the visits. */
export class StreamedJobQuery {
  @Transform(({ value }) => parseNumber(value))
  @SatisfiesIfGiven(wholeNumber(1, MAX_COUNT))
  count?: number;

  @SatisfiesIfGiven(text(1, 200))
  reference?: string;

  @SatisfiesIfGiven(callbackUrl)
  callback_url?: string;
}

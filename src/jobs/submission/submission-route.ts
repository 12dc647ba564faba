import { type CallbackObject, getSchemaPath } from '@nestjs/swagger';
import { bareErrorSchema, JSON_BODY_ERRORS, textSchema } from '../../http/routes/api-docs.js';
import { RFC_3339_EXPECTED } from '../../http/input/date-time.js';
import { ErrorBody } from '../../http/errors/error-body.dto.js';
import type { RouteDocs } from '../../http/routes/route-docs.js';
import { DryRunDto, DryRunErrorBody } from '../dto/dry-run.dto.js';
import { EXAMPLE_JOB_EVENT, JobEventDto, SubmittedJobDto } from '../dto/job.dto.js';
import {
  CALLBACK_URL_DESCRIPTION,
  CALLBACK_URL_SCHEMA,
  EXAMPLE_JOB,
  EXAMPLE_VISIT,
  SubmitJobDto,
  TIME_ZONE_DESCRIPTION,
} from './submit-job.dto.js';
import { MAX_VISITS_OF_STREAM } from './submission-limits.js';
import { NewVisitDto } from './new-visit.js';
import { MAX_LINE_BYTES } from './readers/ndjson.reader.js';
import { COUNT_MISMATCH } from './check-submission.js';

const { store_id, image_url, visit_time } = EXAMPLE_VISIT;
const EXAMPLE_LINES = `${JSON.stringify(EXAMPLE_VISIT)}\n`.repeat(2);
const EXAMPLE_ROWS = `store_id,image_url,visit_time\n${`${store_id},${image_url.join()},${visit_time}\n`.repeat(2)}`;
/** A spreadsheet from a country with decimal commas: separated by semicolons, with local times and a further column. */
const EXAMPLE_SHEET = `Store ID;Image URL;Visit Time;Reference;Rep\n${store_id};${image_url.join()};2026-11-17 17:06;V-1001;Rep 7\n`;
const NO_OFFSET = 'has no offset, and no time_zone is given';
const STREAMED_ONLY = 'Only for NDJSON and CSV: a JSON body has its own field.';
const FORM_FIELD_SCHEMAS = {
  count: { type: 'integer', minimum: 1, maximum: MAX_VISITS_OF_STREAM },
  reference: textSchema(1, 200),
  callback_url: { ...CALLBACK_URL_SCHEMA },
  time_zone: { type: 'string', maxLength: 64 },
  metadata: { type: 'string', description: 'The metadata as JSON.' },
  dry_run: { type: 'boolean' },
  charset: { type: 'string', description: 'The charset of the file. The default is UTF-8.' },
} as const;

/** The webhook that a job sends to its callback_url when it ends. */
const JOB_ENDED: CallbackObject = {
  '{$request.body#/callback_url}': {
    post: {
      summary: 'The job has ended',
      description:
        'Signed according to Standard Webhooks, with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.',
      tags: ['jobs'],
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: getSchemaPath(JobEventDto) }, example: EXAMPLE_JOB_EVENT },
        },
      },
      responses: {
        '2XX': { description: 'The webhook was received. After any other response it is sent again.' },
      },
    },
  },
};

/** OpenAPI description of a submission, with each kind of body. */
export const SUBMISSION = {
  scope: 'submit',
  audit: 'submit_job',
  summary: 'Submit a job of store visits',
  description:
    'Responds as soon as the job is stored; the images are processed in the background. `/api/submit` is the older name.\n\n' +
    'Send jobs that are too large for one JSON document as NDJSON or CSV, which are read as they are uploaded. ' +
    'If any part is invalid, nothing is stored. A spreadsheet can be sent as its program saves it as CSV, ' +
    'or as the file of a form.\n\nWith `dry_run=true` everything is checked and nothing is stored.',
  models: [SubmitJobDto, NewVisitDto, ErrorBody, JobEventDto, DryRunErrorBody],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(SubmitJobDto) },
        examples: { visits: { summary: 'Two visits', value: EXAMPLE_JOB } },
      },
      'application/x-ndjson': {
        schema: {
          type: 'string',
          description: `One \`NewVisit\` object per line, with at most ${MAX_LINE_BYTES} bytes per line.`,
        },
        examples: { visits: { summary: 'Two visits', value: EXAMPLE_LINES } },
      },
      'text/csv': {
        schema: {
          type: 'string',
          description:
            'A header with the columns `store_id,image_url,visit_time` and optionally `visit` and `reference`, in any order ' +
            'and case. Each row has one image, or several URLs in a cell. Adjacent rows with the same store, time and ' +
            'reference are one visit. With the column `visit`, adjacent rows with the same value in it are one visit. Up to 16 ' +
            'further columns become `metadata` of the visit. The separator is a comma, a semicolon or a tab. The text is UTF-8, ' +
            'UTF-16 with a byte order mark, or in the given `charset`.',
        },
        examples: {
          visits: { summary: 'A visit with two images', value: EXAMPLE_ROWS },
          columns: {
            summary: 'Two visits that differ only in the column `visit`',
            value: `visit,store_id,visit_time,image_url\n${[1, 2].map((visit) => `${visit},${store_id},${visit_time},${image_url.join()}\n`).join('')}`,
          },
          spreadsheet: {
            summary: 'A file saved by a spreadsheet, for `time_zone=Asia/Kolkata`',
            value: EXAMPLE_SHEET,
          },
        },
      },
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          properties: { ...FORM_FIELD_SCHEMAS, file: { type: 'string', format: 'binary' } },
          description:
            'The CSV as `file`. The other fields have to come before it. An unknown field is refused.',
        },
        example: { time_zone: 'Asia/Kolkata', file: EXAMPLE_ROWS },
      },
    },
  },
  callbacks: { jobEnded: JOB_ENDED },
  headers: [
    {
      name: 'Idempotency-Key',
      required: false,
      schema: textSchema(1, 255),
      description:
        'Unique key for this submission. Repeating it returns the original job instead of creating another.',
    },
  ],
  parameters: [
    {
      name: 'count',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_VISITS_OF_STREAM },
      example: 2,
      description: `The number of visits. If given, it has to match. ${STREAMED_ONLY}`,
    },
    {
      name: 'reference',
      required: false,
      schema: textSchema(1, 200),
      example: 'week 46',
      description: `Your own label for the job. ${STREAMED_ONLY}`,
    },
    {
      name: 'callback_url',
      required: false,
      schema: { ...CALLBACK_URL_SCHEMA },
      example: 'https://field.example.com/hooks/shelfline',
      description: `${CALLBACK_URL_DESCRIPTION} ${STREAMED_ONLY}`,
    },
    {
      name: 'time_zone',
      required: false,
      schema: { type: 'string', maxLength: 64 },
      example: 'Asia/Kolkata',
      description: `${TIME_ZONE_DESCRIPTION} ${STREAMED_ONLY}`,
    },
    {
      name: 'metadata',
      required: false,
      schema: { type: 'string' },
      example: '{"campaign":"Diwali"}',
      description: `Metadata of the job, as JSON: an object of at most 16 texts. ${STREAMED_ONLY}`,
    },
    {
      name: 'dry_run',
      required: false,
      schema: { type: 'boolean' },
      example: false,
      description: 'Checks the submission without storing anything. The Idempotency-Key is ignored.',
    },
  ],
  answer: {
    status: 201,
    type: SubmittedJobDto,
    description: 'The job is stored. It survives crashes and restarts.',
    headers: {
      Location: { description: 'The path of the job.', required: true, schema: { type: 'string' } },
      'Idempotent-Replayed': {
        description: '`true` if an earlier request with this Idempotency-Key created the job.',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  },
  otherAnswers: [
    { status: 200, type: DryRunDto, description: 'A dry run without faults. Nothing is stored.' },
    {
      status: 400,
      description: 'The faults and their paths. If `count` is not the number of visits, only `error`.',
      content: {
        'application/json': {
          schema: {
            // The body of a dry run is that of every error, with more.
            anyOf: [
              { $ref: getSchemaPath(ErrorBody) },
              { $ref: getSchemaPath(DryRunErrorBody) },
              bareErrorSchema(COUNT_MISMATCH),
            ],
          },
          examples: {
            invalid: {
              value: {
                error: `visits[0].visit_time ${RFC_3339_EXPECTED}.`,
                code: 'invalid_input',
                details: [{ path: 'visits[0].visit_time', message: RFC_3339_EXPECTED }],
              },
            },
            count: { value: { error: COUNT_MISMATCH } },
            dryRun: {
              summary: 'A dry run',
              value: {
                error: `Row 2: Visit Time "2026-11-17 17:06" ${NO_OFFSET}.`,
                code: 'invalid_input',
                details: [{ path: 'Row 2: Visit Time', message: `"2026-11-17 17:06" ${NO_OFFSET}` }],
                fault_count: 1,
                faults: [
                  {
                    row: 2,
                    column: 'Visit Time',
                    value: '2026-11-17 17:06',
                    message: `"2026-11-17 17:06" ${NO_OFFSET}`,
                  },
                ],
              },
            },
          },
        },
      },
    },
  ],
  errors: {
    ...JSON_BODY_ERRORS,
    409: 'The job of the Idempotency-Key was deleted while its repeat streamed in.',
    413: 'The body is larger than the limit.',
    415: 'The body is not JSON, NDJSON, CSV or a form, or its charset or Content-Encoding is not known.',
    422: 'The Idempotency-Key was used for another submission.',
  },
} satisfies Omit<RouteDocs, 'id'>;

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
  MAX_COUNT,
  SubmitJobDto,
  TIME_ZONE_DESCRIPTION,
} from './submit-job.dto.js';
import { NewVisitDto } from './new-visit.js';
import { MAX_LINE_BYTES } from './readers/ndjson.reader.js';
import { COUNT_MISMATCH } from './submission.js';

const { store_id, image_url, visit_time } = EXAMPLE_VISIT;
const EXAMPLE_LINES = `${JSON.stringify(EXAMPLE_VISIT)}\n`.repeat(2);
const EXAMPLE_ROWS = `store_id,image_url,visit_time\n${`${store_id},${image_url.join()},${visit_time}\n`.repeat(2)}`;
/** As a spreadsheet in a country with decimal commas writes it, with local times and a column of its user's own. */
const EXAMPLE_SHEET = `Store ID;Image URL;Visit Time;Reference;Rep\n${store_id};${image_url.join()};2026-11-17 17:06;V-1001;Rep 7\n`;
const NO_OFFSET = 'has no offset, and no time_zone is given';
const STREAMED_ONLY = 'Of NDJSON and CSV alone: a JSON body has its own field.';
const FORM_FIELDS = {
  count: { type: 'integer', minimum: 1, maximum: MAX_COUNT },
  reference: textSchema(1, 200),
  callback_url: { ...CALLBACK_URL_SCHEMA },
  time_zone: { type: 'string', maxLength: 64 },
  metadata: { type: 'string', description: 'As JSON.' },
  dry_run: { type: 'boolean' },
  charset: { type: 'string', description: 'Of the file; UTF-8 unless given.' },
} as const;

/** What a job that ends sends to its callback_url. */
const JOB_ENDED: CallbackObject = {
  '{$request.body#/callback_url}': {
    post: {
      summary: 'The job has ended',
      description:
        'Signed as Standard Webhooks says, under the `webhook-id`, `webhook-timestamp` and `webhook-signature` headers.',
      tags: ['jobs'],
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: getSchemaPath(JobEventDto) }, example: EXAMPLE_JOB_EVENT },
        },
      },
      responses: { '2XX': { description: 'It has arrived; after any other answer it comes again.' } },
    },
  },
};

/** OpenAPI description of a submission, with each kind of body. */
export const SUBMISSION = {
  scope: 'submit',
  audit: 'submit_job',
  summary: 'Submit a job of store visits',
  description:
    'Answers at once; the images are worked through in the background. `/api/submit` is the older name.\n\n' +
    'Jobs that are too large for one JSON document come as NDJSON or CSV, which are read as they stream in. ' +
    'Nothing of them is kept unless all of it is valid. A spreadsheet can be sent as its program saves it as CSV, ' +
    'also as the file of a form.\n\nWith `dry_run=true` everything is checked and nothing is kept.',
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
          description: `One \`NewVisit\` object a line, a line at most ${MAX_LINE_BYTES} bytes.`,
        },
        examples: { visits: { summary: 'Two visits', value: EXAMPLE_LINES } },
      },
      'text/csv': {
        schema: {
          type: 'string',
          description:
            'A header with the columns `store_id,image_url,visit_time` in any order and case, optionally `visit` and ' +
            '`reference`, then one image a row or several URLs in a cell. Adjacent rows with the same store, time and ' +
            'reference are one visit; with the column `visit`, adjacent rows with the same value of it. Up to 16 further ' +
            'columns become `metadata` of the visit. The separator is a comma, a semicolon or a tab; the text is UTF-8, ' +
            'UTF-16 with a byte order mark, or what `charset` says.',
        },
        examples: {
          visits: { summary: 'A visit with two images', value: EXAMPLE_ROWS },
          columns: {
            summary: 'Two visits that only the column `visit` tells apart',
            value: `visit,store_id,visit_time,image_url\n${[1, 2].map((visit) => `${visit},${store_id},${visit_time},${image_url.join()}\n`).join('')}`,
          },
          spreadsheet: {
            summary: 'As a spreadsheet writes it, for `time_zone=Asia/Kolkata`',
            value: EXAMPLE_SHEET,
          },
        },
      },
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          properties: { ...FORM_FIELDS, file: { type: 'string', format: 'binary' } },
          description: 'The CSV as `file`, and the other fields before it.',
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
      description: 'A name of your own for this submission: sent again with it, it makes no second job.',
    },
  ],
  parameters: [
    {
      name: 'count',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_COUNT },
      example: 2,
      description: `The number of visits, checked when given. ${STREAMED_ONLY}`,
    },
    {
      name: 'reference',
      required: false,
      schema: textSchema(1, 200),
      example: 'week 46',
      description: `A label of your own, kept with the job. ${STREAMED_ONLY}`,
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
      description:
        'Whether the submission is only checked. Nothing is kept then, and no Idempotency-Key is read.',
    },
  ],
  answer: {
    status: 201,
    type: SubmittedJobDto,
    description: 'The job is taken, and kept whatever happens.',
    headers: {
      Location: { description: 'Where the job is.', required: true, schema: { type: 'string' } },
      'Idempotent-Replayed': {
        description: '`true` where the job was made by an earlier request with this Idempotency-Key.',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  },
  otherAnswers: [
    { status: 200, type: DryRunDto, description: 'A dry run without faults. Nothing is kept.' },
    {
      status: 400,
      description: 'What is wrong, and where. Where count and visits disagree, `error` alone.',
      content: {
        'application/json': {
          schema: {
            oneOf: [
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

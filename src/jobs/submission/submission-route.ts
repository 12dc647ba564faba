import { type CallbackObject, getSchemaPath } from '@nestjs/swagger';
import { bareErrorSchema, JSON_BODY_ERRORS, textSchema } from '../../http/routes/api-docs.js';
import { ErrorBody } from '../../http/errors/error-body.dto.js';
import type { RouteDocs } from '../../http/routes/route-docs.js';
import { EXAMPLE_JOB_EVENT, JobEventDto, SubmittedJobDto } from '../dto/job.dto.js';
import {
  CALLBACK_URL_DESCRIPTION,
  CALLBACK_URL_SCHEMA,
  EXAMPLE_JOB,
  EXAMPLE_VISIT,
  MAX_COUNT,
  SubmitJobDto,
} from './submit-job.dto.js';
import { NewVisitDto } from './new-visit.js';
import { MAX_LINE_BYTES } from './readers/ndjson.reader.js';
import { COUNT_MISMATCH } from './submission.js';

const { store_id, image_url, visit_time } = EXAMPLE_VISIT;
const EXAMPLE_LINES = `${JSON.stringify(EXAMPLE_VISIT)}\n`.repeat(2);
const EXAMPLE_ROWS = `store_id,image_url,visit_time\n${`${store_id},${image_url.join()},${visit_time}\n`.repeat(2)}`;
const INVALID_TIME = 'must be an RFC 3339 date-time with an offset or Z, such as 2024-11-16T12:00:00Z';

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
    'Jobs that are too large for one JSON document come as NDJSON or CSV, which are read as they stream in: ' +
    'nothing of them is kept unless all of it is good.',
  models: [SubmitJobDto, NewVisitDto, ErrorBody, JobEventDto],
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
            'A header with the columns `store_id,image_url,visit_time` in any order, then one image a row. ' +
            'Neighbouring rows with the same store and time are one visit; with a fourth column `visit`, ' +
            'neighbouring rows with the same value of it are.',
        },
        examples: {
          visits: { summary: 'A visit with two images', value: EXAMPLE_ROWS },
          columns: {
            summary: 'Two visits that only the column `visit` tells apart',
            value: `visit,store_id,visit_time,image_url\n${[1, 2].map((visit) => `${visit},${store_id},${visit_time},${image_url.join()}\n`).join('')}`,
          },
        },
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
      description: 'The number of visits, checked when given. Of NDJSON and CSV alone.',
    },
    {
      name: 'reference',
      required: false,
      schema: textSchema(1, 200),
      description: 'A label of your own, kept with the job. Of NDJSON and CSV alone.',
    },
    {
      name: 'callback_url',
      required: false,
      schema: { ...CALLBACK_URL_SCHEMA },
      description: `${CALLBACK_URL_DESCRIPTION} Of NDJSON and CSV alone.`,
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
    {
      status: 400,
      description: 'What is wrong, and where. Where count and visits disagree, `error` alone.',
      content: {
        'application/json': {
          schema: { oneOf: [{ $ref: getSchemaPath(ErrorBody) }, bareErrorSchema(COUNT_MISMATCH)] },
          examples: {
            invalid: {
              value: {
                error: `visits[0].visit_time ${INVALID_TIME}.`,
                code: 'invalid_input',
                details: [{ path: 'visits[0].visit_time', message: INVALID_TIME }],
              },
            },
            count: { value: { error: COUNT_MISMATCH } },
          },
        },
      },
    },
  ],
  errors: {
    ...JSON_BODY_ERRORS,
    409: 'The job of the Idempotency-Key was deleted while its repeat streamed in.',
    413: 'A JSON body is larger than the limit.',
    415: 'The body is not JSON, NDJSON or CSV in UTF-8, or its Content-Encoding is not known.',
    422: 'The Idempotency-Key was used for another submission.',
  },
} satisfies Omit<RouteDocs, 'id'>;

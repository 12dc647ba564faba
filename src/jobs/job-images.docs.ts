import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import { ApiErrors, ApiPageQuery, ApiTextQuery, BAD_PARAMETER, TOO_MANY_EXPORTS } from '../http/api-docs.js';
import { IMAGE_STATUSES } from '../images/image.entity.js';
import type { ImageResultView } from '../images/images.service.js';
import { ImageResultPageDto } from './dto/image-result.dto.js';
import { ApiJobId } from './job-id.docs.js';

const EXAMPLE_RESULT: ImageResultView = {
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

/** Documents the results of a job's images, as pages of JSON and as a stream of all of them. */
export function ApiJobImages(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'listJobImages',
      summary: 'What came of each image, in the order of submission',
      description:
        'With `Accept: text/csv` or `application/x-ndjson` the answer is every image that matches, streamed, without paging. ' +
        'An answer that breaks off is not complete.',
    }),
    ApiJobId(),
    ApiQuery({ name: 'status', required: false, enum: IMAGE_STATUSES, description: 'Images that are so.' }),
    ApiTextQuery('store_id', 64, 'Images of visits to this store.'),
    ApiPageQuery(),
    ApiExtraModels(ImageResultPageDto),
    ApiOkResponse({
      description: 'A page of results, or all of them.',
      content: {
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
      },
    }),
    ApiErrors({ 400: BAD_PARAMETER, 404: 'Job not found', 429: TOO_MANY_EXPORTS }),
  );
}

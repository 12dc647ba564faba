import { ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import { MAX_LIMIT } from '../../http/input/page.js';
import { CSV_COLUMNS, RESULT_FIELDS } from './result-fields.js';

/** Has the fields of {@link RESULT_FIELDS}. */
@ApiSchema({ name: 'ShelflineImageResult' })
export class ImageResultDto {}

for (const [name, { schema }] of Object.entries(RESULT_FIELDS))
  ApiProperty(schema)(ImageResultDto.prototype, name);

@ApiSchema({ name: 'ShelflineImageResultPage' })
export class ImageResultPageDto {
  @ApiProperty({ type: [ImageResultDto], maxItems: MAX_LIMIT })
  items!: ImageResultDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

const EXAMPLE_RESULT = Object.fromEntries(
  Object.entries(RESULT_FIELDS).map(([name, { schema }]) => [name, schema.example]),
);

/** The result of one image, with an example. */
export const IMAGE_RESULT = {
  'application/json': { schema: { $ref: getSchemaPath(ImageResultDto) }, example: EXAMPLE_RESULT },
} as const;

/** The results of a job's images in each format, with an example. */
export const IMAGE_RESULTS = {
  'application/json': {
    schema: { $ref: getSchemaPath(ImageResultPageDto) },
    example: { items: [EXAMPLE_RESULT], next_cursor: null },
  },
  'text/csv': {
    schema: { type: 'string', description: 'A header, then a row for each image. `analysis` is JSON.' },
    example: stringify([EXAMPLE_RESULT], { header: true, columns: [...CSV_COLUMNS] }),
  },
  'application/x-ndjson': {
    schema: { type: 'string', description: 'One `ImageResult` object a line.' },
    example: `${JSON.stringify(EXAMPLE_RESULT)}\n`,
  },
} as const;

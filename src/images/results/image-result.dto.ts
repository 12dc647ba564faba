import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MAX_LIMIT } from '../../http/input/page.js';
import { describeList } from '../../http/tables/list-docs.js';
import { RESULT_FIELDS } from './result-fields.js';
import { RESULT_TABLE } from './result-table.js';

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

/** The results of a job's images in each form, with an example. */
export const IMAGE_RESULTS = describeList(ImageResultPageDto, RESULT_TABLE, EXAMPLE_RESULT);

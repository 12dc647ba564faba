import { PageQuery } from '../../http/input/page.js';
import { oneOf, text } from '../../http/input/rules.js';
import { textSchema } from '../../http/routes/api-docs.js';
import { Parameter } from '../../http/routes/parameter.decorator.js';
import { FLAG_FILTERS, type FlagFilter, flagFilter } from '../flags/flag-codes.js';
import { IMAGE_STATUSES, type ImageStatus } from '../image.entity.js';

/** The query of `GET /api/jobs/{job_id}/images`. */
export class ListImagesQuery extends PageQuery {
  @Parameter(
    { schema: { type: 'string', enum: IMAGE_STATUSES }, description: 'Only images with this status.' },
    oneOf(IMAGE_STATUSES),
  )
  status?: ImageStatus;

  @Parameter({ schema: textSchema(1, 64), description: 'Only images of visits to this store.' }, text(1, 64))
  store_id?: string;

  @Parameter(
    {
      schema: { type: 'string', enum: FLAG_FILTERS },
      description: 'Only images with this flag; `any` for all that have one.',
    },
    flagFilter,
  )
  flag?: FlagFilter;
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { textSchema } from '../../http/routes/api-docs.js';
import { MAX_LIMIT, PageQuery } from '../../http/input/page.js';
import { Parameter } from '../../http/routes/parameter.decorator.js';
import { Satisfies, text } from '../../http/input/rules.js';
import { REJECTED_SHOWN } from '../store-file.js';
import { areaCode, storeName } from '../store.rules.js';

@ApiSchema({ name: 'ShelflineStore' })
export class StoreDto {
  @ApiProperty({ example: 'RP00002' })
  store_id!: string;

  @ApiProperty({ example: 'Corner Market' })
  store_name!: string;

  @ApiProperty({ example: '7100015' })
  area_code!: string;
}

@ApiSchema({ name: 'ShelflineStorePage' })
export class StorePageDto {
  @ApiProperty({ type: [StoreDto], maxItems: MAX_LIMIT })
  items!: StoreDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

@ApiSchema({ name: 'ShelflinePutStore' })
export class PutStoreDto {
  @ApiProperty({ ...textSchema(1, 200), example: 'Corner Market' })
  @Satisfies(storeName)
  store_name!: string;

  @ApiProperty({ ...textSchema(1, 64), example: '7100015' })
  @Satisfies(areaCode)
  area_code!: string;
}

@ApiSchema({ name: 'ShelflineRejectedRow' })
export class RejectedRowDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 17,
    description: 'The number of the row in a spreadsheet. The header is row 1.',
  })
  line!: number;

  @ApiProperty({ example: 'StoreID must have 1 to 64 characters' })
  error!: string;
}

@ApiSchema({ name: 'ShelflineImportResult' })
export class ImportResultDto {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 4944,
    description: 'The number of rows in the file, without the header.',
  })
  received!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 4940 })
  inserted!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 2 })
  updated!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  unchanged!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  rejected_count!: number;

  @ApiProperty({
    type: [RejectedRowDto],
    maxItems: REJECTED_SHOWN,
    description: 'The first 100 rejected rows.',
  })
  rejected!: RejectedRowDto[];
}

export class ListStoresQuery extends PageQuery {
  @Parameter({ schema: textSchema(1, 64), description: 'Stores in this area.' }, areaCode)
  area_code?: string;

  @Parameter(
    { schema: textSchema(1, 200), description: 'Only stores with this text in the name or id, in any case.' },
    text(1, 200),
  )
  q?: string;
}

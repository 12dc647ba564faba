import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ErrorBody } from '../../http/errors/error-body.dto.js';
import { MAX_DRY_RUN_FAULTS, MAX_UNKNOWN_STORES } from '../submission/dry-run.js';

@ApiSchema({ name: 'ShelflineColumnOfFile' })
export class ColumnOfFileDto {
  @ApiProperty({ example: 'Store ID', description: 'The heading in the file.' })
  header!: string;

  @ApiProperty({
    example: 'store_id',
    enum: ['store_id', 'image_url', 'visit_time', 'visit', 'reference', 'metadata'],
    description: 'The field that the column becomes.',
  })
  field!: string;
}

@ApiSchema({ name: 'ShelflineUnknownStore' })
export class UnknownStoreDto {
  @ApiProperty({ example: 'RP99999' })
  store_id!: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 3,
    description: 'The number of visits to this store.',
  })
  visits!: number;
}

@ApiSchema({ name: 'ShelflineDryRun' })
export class DryRunDto {
  @ApiProperty({ type: Boolean, enum: [true], example: true })
  valid!: true;

  @ApiProperty({ type: 'integer', minimum: 1, example: 200 })
  visits!: number;

  @ApiProperty({ type: 'integer', minimum: 1, example: 640 })
  images!: number;

  @ApiProperty({ type: [ColumnOfFileDto], description: 'The columns of a CSV file. Empty for other bodies.' })
  columns!: ColumnOfFileDto[];

  @ApiProperty({
    type: [UnknownStoreDto],
    maxItems: MAX_UNKNOWN_STORES,
    description: 'The first 100 stores that are not in the store master. The job would fail for them.',
  })
  unknown_stores!: UnknownStoreDto[];
}

@ApiSchema({ name: 'ShelflineDryRunFault' })
export class DryRunFaultDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    example: 4,
    description: 'The row of the spreadsheet (the header is row 1), or the line of NDJSON.',
  })
  row!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Visit Time',
    description: 'The heading of the column, the name of the field, or its path in JSON.',
  })
  column!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-11-17 17:06',
    description: 'The shortened value.',
  })
  value!: string | null;

  @ApiProperty({ example: '"2026-11-17 17:06" has no offset, and no time_zone is given' })
  message!: string;
}

/** The error body of a dry run. */
@ApiSchema({ name: 'ShelflineDryRunErrorBody' })
export class DryRunErrorBody extends ErrorBody {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1, description: 'The number of all faults.' })
  fault_count!: number;

  @ApiProperty({
    type: [DryRunFaultDto],
    maxItems: MAX_DRY_RUN_FAULTS,
    description: 'The first 1,000 faults.',
  })
  faults!: DryRunFaultDto[];
}

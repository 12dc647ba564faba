import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MAX_LIMIT } from '../../http/input/page.js';
import { describeList } from '../../http/tables/list-docs.js';
import { COVERAGE_TABLE } from './coverage-table.js';
import { COVERAGE_STATES, type CoverageState } from './coverage-state.js';
import { MAX_SUMMARY_ITEMS } from './coverage.service.js';

const COUNT = { type: 'integer', minimum: 0 } as const;

@ApiSchema({ name: 'ShelflineStoreCoverage' })
export class StoreCoverageDto {
  @ApiProperty({ example: 'RP00002' })
  store_id!: string;

  @ApiProperty({ example: 'Corner Market' })
  store_name!: string;

  @ApiProperty({ example: '7100015', description: 'The area of the store now.' })
  area_code!: string;

  @ApiProperty({ ...COUNT, example: 4 })
  visits!: number;

  @ApiProperty({ ...COUNT, example: 12, description: 'The images of these visits.' })
  images!: number;

  @ApiProperty({
    ...COUNT,
    example: 11,
    description:
      'Images that succeeded and are not `too_small`, of visits that were not rejected in a review.',
  })
  usable!: number;

  @ApiProperty({ ...COUNT, example: 1, description: 'Visits with a flagged image.' })
  flagged!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-16T12:00:00.000Z' })
  last_visit_time!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-11-16T12:00:00.000Z',
    description: 'The time of the last visit with a usable image.',
  })
  last_usable_time!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'Why a visited store has no usable photo: the most frequent `error_code` or flag of its images. Null where no image has failed or was skipped.',
  })
  reason!: string | null;

  @ApiProperty({ enum: COVERAGE_STATES, example: 'covered' })
  state!: CoverageState;
}

@ApiSchema({ name: 'ShelflineCoverageTotals' })
export class CoverageTotalsDto {
  @ApiProperty({ ...COUNT, example: 4_310 })
  covered!: number;

  @ApiProperty({ ...COUNT, example: 420 })
  no_usable_photo!: number;

  @ApiProperty({ ...COUNT, example: 214 })
  not_visited!: number;
}

@ApiSchema({ name: 'ShelflineCoveragePage' })
export class CoveragePageDto {
  @ApiProperty({
    type: CoverageTotalsDto,
    nullable: true,
    description:
      'The number of stores in each state, whatever `state` selects. Null on all pages but the first.',
  })
  totals!: CoverageTotalsDto | null;

  @ApiProperty({ type: [StoreCoverageDto], maxItems: MAX_LIMIT })
  items!: StoreCoverageDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

const EXAMPLE_COVERAGE: StoreCoverageDto = {
  store_id: 'RP00002',
  store_name: 'Corner Market',
  area_code: '7100015',
  visits: 4,
  images: 12,
  usable: 11,
  flagged: 1,
  last_visit_time: '2026-11-16T12:00:00.000Z',
  last_usable_time: '2026-11-16T12:00:00.000Z',
  reason: null,
  state: 'covered',
};

/** The coverage of stores in each form, with an example. */
export const COVERAGE_LIST = describeList(CoveragePageDto, COVERAGE_TABLE, EXAMPLE_COVERAGE, {
  totals: { covered: 4_310, no_usable_photo: 420, not_visited: 214 },
});

@ApiSchema({ name: 'ShelflineAreaCoverage' })
export class AreaCoverageDto {
  @ApiProperty({ example: '7100015' })
  area_code!: string;

  @ApiProperty({
    format: 'date',
    example: '2026-11-16',
    description:
      'The first day of the interval in the time zone. The first interval may begin before `from`.',
  })
  start!: string;

  @ApiProperty({ ...COUNT, example: 98, description: 'The stores that are in the area now.' })
  stores!: number;

  @ApiProperty({ ...COUNT, example: 91 })
  covered!: number;

  @ApiProperty({ ...COUNT, example: 5 })
  no_usable_photo!: number;

  @ApiProperty({ ...COUNT, example: 2 })
  not_visited!: number;
}

@ApiSchema({ name: 'ShelflineCoverageSummary' })
export class CoverageSummaryDto {
  @ApiProperty({ type: [AreaCoverageDto], maxItems: MAX_SUMMARY_ITEMS })
  items!: AreaCoverageDto[];
}

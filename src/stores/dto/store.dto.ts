import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { textSchema } from '../../http/routes/api-docs.js';
import { MAX_LIMIT, PageQuery } from '../../http/input/page.js';
import { Parameter } from '../../http/routes/parameter.decorator.js';
import { type Rule, Satisfies, SatisfiesIfGiven, text } from '../../http/input/rules.js';
import { describeList } from '../../http/tables/list-docs.js';
import { STORE_TABLE } from '../store-table.js';
import { REJECTED_SHOWN } from '../store-file.js';
import {
  areaCode,
  latitude,
  longitude,
  MAX_LATITUDE,
  MAX_LONGITUDE,
  MAX_RADIUS_METERS,
  MIN_RADIUS_METERS,
  radiusMeters,
  storeName,
} from '../store.rules.js';

const LATITUDE = {
  minimum: -MAX_LATITUDE,
  maximum: MAX_LATITUDE,
  example: 12.9716,
  description:
    'The latitude in degrees. A store has a latitude and a longitude, or neither. Exactly 0, 0 is no position.',
};
const LONGITUDE = {
  minimum: -MAX_LONGITUDE,
  maximum: MAX_LONGITUDE,
  example: 77.5946,
  description: 'The longitude in degrees.',
};
const RADIUS = {
  minimum: MIN_RADIUS_METERS,
  maximum: MAX_RADIUS_METERS,
  example: 200,
  description: 'Photos of the store are expected within this distance of its position, in meters.',
};

/** The rule for a field that may be absent, but not null. */
const ifPresent =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined ? undefined : rule(value);

@ApiSchema({ name: 'ShelflineStore' })
export class StoreDto {
  @ApiProperty({ example: 'RP00002' })
  store_id!: string;

  @ApiProperty({ example: 'Corner Market' })
  store_name!: string;

  @ApiProperty({ example: '7100015' })
  area_code!: string;

  @ApiProperty({ type: Number, nullable: true, ...LATITUDE })
  latitude!: number | null;

  @ApiProperty({ type: Number, nullable: true, ...LONGITUDE })
  longitude!: number | null;

  @ApiProperty({ type: Number, nullable: true, ...RADIUS })
  radius_meters!: number | null;
}

@ApiSchema({ name: 'ShelflineStorePage' })
export class StorePageDto {
  @ApiProperty({ type: [StoreDto], maxItems: MAX_LIMIT })
  items!: StoreDto[];

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}

@ApiSchema({
  name: 'ShelflinePutStore',
  description: 'An absent field of an existing store stays, and null clears a number.',
})
export class PutStoreDto {
  @ApiPropertyOptional({
    ...textSchema(1, 200),
    example: 'Corner Market',
    description: 'Required for a new store.',
  })
  @Satisfies(ifPresent(storeName))
  store_name?: string;

  @ApiPropertyOptional({
    ...textSchema(1, 64),
    example: '7100015',
    description: 'Required for a new store.',
  })
  @Satisfies(ifPresent(areaCode))
  area_code?: string;

  @ApiPropertyOptional({ type: Number, nullable: true, ...LATITUDE })
  @SatisfiesIfGiven(latitude)
  latitude?: number | null;

  @ApiPropertyOptional({ type: Number, nullable: true, ...LONGITUDE })
  @SatisfiesIfGiven(longitude)
  longitude?: number | null;

  @ApiPropertyOptional({ type: Number, nullable: true, ...RADIUS })
  @SatisfiesIfGiven(radiusMeters)
  radius_meters?: number | null;
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

const EXAMPLE_STORE: StoreDto = {
  store_id: 'RP00002',
  store_name: 'Corner Market',
  area_code: '7100015',
  latitude: 12.9716,
  longitude: 77.5946,
  radius_meters: 200,
};

/** A list of stores in each form, with an example. */
export const STORE_LIST = describeList(StorePageDto, STORE_TABLE, EXAMPLE_STORE);

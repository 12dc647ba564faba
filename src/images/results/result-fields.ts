import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { FlaggedImage } from '../flags/flag-reader.js';
import type { Flag } from '../flags/flag.js';
import { FLAGS_SCHEMA } from '../flags/flag.dto.js';
import { IMAGE_STATUSES, type ImageStatus } from '../image.entity.js';
import { toImageId, toVisitId } from '../result-ids.js';
import { getSkipReason, type SkipReason } from '../skip-reason.js';

/** A row that a result is read from: the image and data of its visit. */
export interface ResultRow extends FlaggedImage {
  readonly url: string;
  readonly status: ImageStatus;
  readonly perimeter: number | null;
  readonly mime: string | null;
  readonly orientation: number | null;
  /** A `bigint`, which the driver returns as text. */
  readonly content_length: string | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly error_code: string | null;
  readonly processed_at: Date | null;
  readonly analysis: Record<string, unknown> | null;
  readonly visit_reference: string | null;
  readonly visit_metadata: Readonly<Record<string, string>> | null;
  /** Whether the store was looked up in this run of the job, and not found. */
  readonly unknown_store: boolean;
}

/** A row whose flags have been read. */
export interface FlaggedRow extends ResultRow {
  readonly found: readonly Flag[];
}

/** The OpenAPI schema of a field that is text. */
interface TextSchema {
  readonly format?: string;
  readonly nullable?: boolean;
  readonly example: string | null;
  readonly description?: string;
}

/** A field of a result: how it is read from a row, its columns, and its OpenAPI schema. */
interface ResultField<Value> {
  readonly read: (row: FlaggedRow) => Value;
  readonly columns: readonly (keyof ResultRow)[];
  readonly schema: ApiPropertyOptions;
  /** False for a field that is not among the first columns of the table of results. */
  readonly isInCsv: boolean;
}

const NOT_IN_CSV = false;
const COUNT = { type: 'integer', minimum: 0 } as const;
const ANALYSIS_DESCRIPTION =
  'The results of the analyzers, by their names. `exif` holds what the photo says about itself: when it was taken ' +
  '(`capture_time`, and `capture_time_source`: `original`, `digitized`, `modified` or `gps`), how long after the ' +
  'visit (`capture_delay_seconds`), by which `camera`, and where (`latitude` and `longitude` in degrees of WGS 84, ' +
  '`position_error_meters`). A value that the photo does not have, or that cannot be read, is null.';

/**
 * Whether the image has its result. Before that a row may contain values of an attempt, which are not shown.
 */
function isSettled({ status }: ResultRow): boolean {
  return status === 'succeeded' || status === 'failed';
}

/** Why an image was skipped; undefined for any other. */
function getSkip(row: ResultRow): SkipReason | undefined {
  return row.status === 'skipped' ? getSkipReason(row) : undefined;
}

/**
 * The fields of an image's result, in order. JSON, CSV, NDJSON, the SELECT statement, the OpenAPI document and
 * its examples are made from this list.
 */
export const RESULT_FIELDS = {
  image_id: text((row) => toImageId(row.job, row.seq), ['job', 'seq'], { example: 'img_1_0' }),
  visit_id: text(
    (row) => toVisitId(row.job, row.visit),
    ['job', 'visit'],
    { example: 'visit_1_0' },
    NOT_IN_CSV,
  ),
  store_id: text((row) => row.store_id, ['store_id'], { example: 'RP00002' }),
  visit_time: text((row) => row.visit_time.toISOString(), ['visit_time'], {
    format: 'date-time',
    example: '2024-11-16T12:00:00.000Z',
  }),
  visit_reference: text(
    (row) => row.visit_reference,
    ['visit_reference'],
    { nullable: true, example: null, description: "The submitter's own id of the visit." },
    NOT_IN_CSV,
  ),
  visit_metadata: field(
    (row): Readonly<Record<string, string>> => row.visit_metadata ?? {},
    ['visit_metadata'],
    {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'The metadata that the submitter gave the visit.',
      example: {},
    },
    NOT_IN_CSV,
  ),
  image_url: text((row) => row.url, ['url'], { example: 'https://www.gstatic.com/webp/gallery/2.jpg' }),
  status: field((row) => row.status, ['status'], { enum: [...IMAGE_STATUSES], example: 'succeeded' }),
  width: field((row) => row.width, ['width'], {
    ...COUNT,
    nullable: true,
    example: 550,
    description: 'Pixels, before EXIF rotation.',
  }),
  height: field((row) => row.height, ['height'], { ...COUNT, nullable: true, example: 368 }),
  perimeter: field((row) => row.perimeter, ['perimeter'], {
    ...COUNT,
    nullable: true,
    example: 1836,
    description: '2 × (width + height), in pixels.',
  }),
  format: text((row) => row.format, ['format'], { nullable: true, example: 'jpg' }),
  mime: text((row) => row.mime, ['mime'], { nullable: true, example: 'image/jpeg' }),
  orientation: field((row) => row.orientation, ['orientation'], {
    type: 'integer',
    minimum: 1,
    maximum: 8,
    nullable: true,
    example: null,
    description: 'EXIF orientation.',
  }),
  content_length: field(
    (row) => (isSettled(row) && row.content_length !== null ? Number(row.content_length) : null),
    ['content_length', 'status'],
    { ...COUNT, nullable: true, example: 30320, description: 'Bytes, as the host declared them.' },
  ),
  attempts: field((row) => row.attempts, ['attempts'], { ...COUNT, example: 1 }),
  error: text(
    (row) => (row.status === 'failed' ? row.error : (getSkip(row)?.error ?? null)),
    ['error', 'status', 'unknown_store', 'store_id'],
    { nullable: true, example: null, description: 'Why the image failed or was skipped.' },
  ),
  error_code: text(
    (row) => (row.status === 'failed' ? row.error_code : (getSkip(row)?.code ?? null)),
    ['error_code', 'status', 'unknown_store'],
    {
      nullable: true,
      example: null,
      description: 'A stable code for `error`. A skipped image has `unknown_store` or `cancelled`.',
    },
  ),
  processed_at: text(
    (row) => (isSettled(row) ? (row.processed_at?.toISOString() ?? null) : null),
    ['processed_at', 'status'],
    { format: 'date-time', nullable: true, example: '2024-11-16T10:00:00.120Z' },
  ),
  analysis: field(
    (row): Record<string, unknown> => (isSettled(row) ? (row.analysis ?? {}) : {}),
    ['analysis', 'status'],
    {
      type: 'object',
      additionalProperties: true,
      description: ANALYSIS_DESCRIPTION,
      example: {
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
    },
  ),
  flags: field(
    (row): readonly Flag[] => row.found,
    ['flags', 'file_key', 'picture_key', 'flag_evidence'],
    FLAGS_SCHEMA,
    NOT_IN_CSV,
  ),
};

type Fields = typeof RESULT_FIELDS;

/**
 * The result of one image in the API. Fields of the result are null until its status is `succeeded` or `failed`. Sizes are in pixels, before EXIF rotation.
 * Times are ISO 8601 in UTC with milliseconds. {@link RESULT_FIELDS} describes each field.
 */
export type ImageResultView = { readonly [Name in keyof Fields]: ReturnType<Fields[Name]['read']> };

/** Columns that a result is read from, and those that the cursor of a page needs. */
export const RESULT_COLUMNS: ReadonlySet<keyof ResultRow> = new Set<keyof ResultRow>([
  'visit',
  'seq',
  ...Object.values(RESULT_FIELDS).flatMap(({ columns }) => columns),
]);

const FIELDS = Object.entries(RESULT_FIELDS);

export function toResultView(row: FlaggedRow): ImageResultView {
  const view: Record<string, unknown> = {};
  for (const [name, { read }] of FIELDS) view[name] = read(row);
  if (!isResultView(view)) throw new TypeError('a result lacks a field');
  return view;
}

function isResultView(view: object): view is ImageResultView {
  return FIELDS.every(([name]) => name in view);
}

function field<Value>(
  read: ResultField<Value>['read'],
  columns: ResultField<Value>['columns'],
  schema: ApiPropertyOptions,
  isInCsv = true,
): ResultField<Value> {
  return { read, columns, schema, isInCsv };
}

function text<Value extends string | null>(
  read: ResultField<Value>['read'],
  columns: ResultField<Value>['columns'],
  schema: TextSchema,
  isInCsv = true,
): ResultField<Value> {
  return { read, columns, schema: { type: String, ...schema }, isInCsv };
}

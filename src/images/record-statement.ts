import { toArrayLiteral, toTextArrayLiteral } from '../database/array-literal.js';
import type { PreparedStatement } from '../database/database.js';
import type { ImageRange, ImageResult } from './images.repository.js';

/** A column that only some results have: its assignment, type and values. */
interface FurtherColumn {
  readonly name: string;
  readonly set: string;
  readonly type: string;
  readonly isIn: (result: ImageResult) => boolean;
  readonly toValues: (results: readonly ImageResult[]) => string;
}

const FURTHER_COLUMNS: readonly FurtherColumn[] = [
  {
    name: 'analysis',
    set: 'analysis = u.analysis',
    type: 'jsonb',
    isIn: ({ analysis }) => analysis !== undefined,
    toValues: (results) => toTextArrayLiteral(results.map(({ analysis }) => analysis ?? null)),
  },
  {
    name: 'refused',
    set: `refusals = CASE WHEN u.refused THEN coalesce(i.refusals, 0) + 1 ELSE i.refusals END,
             refused_since = CASE WHEN u.refused THEN coalesce(i.refused_since, now()) ELSE i.refused_since END`,
    type: 'boolean',
    isIn: ({ refused }) => refused === true,
    toValues: (results) => toArrayLiteral(results.map(({ refused }) => refused === true)),
  },
  {
    name: 'file_key',
    set: 'file_key = u.file_key',
    type: 'bigint',
    isIn: ({ keys }) => keys !== undefined,
    toValues: (results) => toArrayLiteral(results.map(({ keys }) => keys?.file ?? null)),
  },
  {
    name: 'picture_key',
    set: 'picture_key = u.picture_key',
    type: 'bigint',
    isIn: ({ keys }) => keys !== undefined && keys.picture !== null,
    toValues: (results) => toArrayLiteral(results.map(({ keys }) => keys?.picture ?? null)),
  },
  {
    name: 'flags',
    set: 'flags = u.flags',
    type: 'smallint',
    isIn: ({ flags }) => flags !== undefined,
    toValues: (results) => toArrayLiteral(results.map(({ flags }) => flags ?? null)),
  },
  {
    name: 'flag_evidence',
    set: 'flag_evidence = u.flag_evidence',
    type: 'jsonb',
    isIn: ({ flagEvidence }) => flagEvidence !== undefined,
    toValues: (results) =>
      toTextArrayLiteral(
        results.map(({ flagEvidence }) => (flagEvidence === undefined ? null : JSON.stringify(flagEvidence))),
      ),
  },
];

/** The statements so far, by the names of their further columns. */
const statements = new Map<string, PreparedStatement>();

/**
 * The statement that records results of rows that are still pending in a run, and its parameters. Only the columns that
 * some result has are written, because most results have few of them.
 */
export function toRecordStatement(
  range: ImageRange,
  results: readonly ImageResult[],
): { readonly statement: PreparedStatement; readonly parameters: readonly unknown[] } {
  const column = <K extends keyof ImageResult>(name: K): ImageResult[K][] =>
    results.map((result) => result[name]);
  const further = FURTHER_COLUMNS.filter(({ isIn }) => results.some(isIn));
  const name = ['shelfline_images_record', ...further.map((each) => each.name)].join('_');
  let statement = statements.get(name);
  if (statement === undefined) statements.set(name, (statement = { name, text: toText(further) }));
  const parameters = [
    range.job,
    range.from,
    range.to,
    range.run,
    toArrayLiteral(column('seq')),
    toTextArrayLiteral(column('status')),
    toArrayLiteral(column('width')),
    toArrayLiteral(column('height')),
    toArrayLiteral(column('perimeter')),
    toTextArrayLiteral(column('format')),
    toTextArrayLiteral(column('mime')),
    toArrayLiteral(column('orientation')),
    toArrayLiteral(column('content_length')),
    toArrayLiteral(column('pause_ms')),
    toTextArrayLiteral(column('error')),
    toTextArrayLiteral(column('error_code')),
    toArrayLiteral(column('attempted')),
    toArrayLiteral(column('held')),
    ...further.map(({ toValues }) => toValues(results)),
  ];
  return { statement, parameters };
}

/** Takes the results as arrays, the further columns last. */
function toText(further: readonly FurtherColumn[]): string {
  return `
    WITH changed AS (
      UPDATE shelfline.image AS i
         SET status = u.status, width = u.width, height = u.height, perimeter = u.perimeter,
             format = u.format, mime = u.mime, orientation = u.orientation, content_length = u.content_length,
             attempts = i.attempts + u.attempted::int,
             next_attempt_at = now() + u.pause_ms * interval '1 millisecond',
             held_since = CASE WHEN u.held THEN coalesce(i.held_since, now()) ELSE i.held_since END,
             error = u.error, error_code = u.error_code,
             ${further.map(({ set }) => `${set},`).join(' ')}
             processed_at = CASE WHEN u.status <> 'pending' THEN now() END
        FROM unnest($5::int[], $6::text[], $7::int[], $8::int[], $9::int[], $10::text[], $11::text[],
                    $12::smallint[], $13::bigint[], $14::float8[], $15::text[], $16::text[],
                    $17::boolean[], $18::boolean[]
                    ${further.map(({ type }, index) => `, $${19 + index}::${type}[]`).join('')})
          AS u (seq, status, width, height, perimeter, format, mime,
                orientation, content_length, pause_ms, error, error_code, attempted, held
                ${further.map(({ name }) => `, ${name}`).join('')})
       WHERE i.job = $1 AND i.seq >= $2 AND i.seq < $3 AND i.seq = u.seq
         AND i.run = $4 AND i.status = 'pending'
      RETURNING i.status, i.error_code, u.attempted)
    SELECT status, error_code, attempted, count(*)::int AS images FROM changed GROUP BY status, error_code, attempted`;
}

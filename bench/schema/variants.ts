import { oneRow } from './one-row.ts';
import { twoRows } from './two-rows.ts';

/** One way to lay out images and their results. */
export interface Variant {
  name: string;
  about: string;
  /** Tables and indexes, in the search path's schema. `storage` is added to the parameters of every large table. */
  tables: (storage: string) => string;
  /** Large tables, for sizes and statistics. */
  tableNames: string[];
  /** Inserts a chunk: $1 job, $2 seqs, $3 visits, $4 urls, all pending in run 1. */
  insert: string;
  /** `WITH changed AS (…)`, giving seq and status of what was recorded: $1 job, $2 run, then `resultColumns` as arrays. */
  record: string;
  /** Pages in the order of seq: $1 job, $2 cursor, $3 limit. */
  page: string;
  getPage: Record<'succeeded' | 'failed' | 'pending', string>;
  /** Pending and due images of a batch: $1 job, $2 and $3 first and last seq. */
  batch: string;
  /** Failed images of a job back to pending in the next run: $1 job. */
  retry: string;
}

const failedByCode = `
  CREATE INDEX image_failed ON image (job, seq) WHERE error_code IS NOT NULL;`;
const byStatus = `
  CREATE INDEX image_by_status ON image (job, status, seq);`;
const partialByStatus = (...statuses: string[]): string =>
  statuses
    .map((status) => `CREATE INDEX image_${status} ON image (job, seq) WHERE status = '${status}';`)
    .join('\n');

const inPlace = [100, 80, 70, 60, 50, 40].map((fillfactor) =>
  oneRow({ name: `V1-${fillfactor}`, about: 'one row, no index on status', fillfactor, indexes: '' }),
);

export const variants: Variant[] = [
  ...inPlace,
  ...[100, 50, 40].map((fillfactor) =>
    oneRow({
      name: `V1b-${fillfactor}`,
      about: 'V1 and a table of failures',
      fillfactor,
      indexes: '',
      failures: 'table',
    }),
  ),
  ...[100, 50, 40].map((fillfactor) =>
    oneRow({
      name: `V1c-${fillfactor}`,
      about: 'V1 and an index on rows with an error_code',
      fillfactor,
      indexes: failedByCode,
      failures: 'error_code',
    }),
  ),
  ...[100, 90, 50].map((fillfactor) =>
    oneRow({
      name: `V2-${fillfactor}`,
      about: 'one row, index (job, status, seq)',
      fillfactor,
      indexes: byStatus,
    }),
  ),
  oneRow({
    name: 'V2e-100',
    about: 'one row, index (job, status, seq), status as an enum',
    fillfactor: 100,
    indexes: byStatus,
    statusType: 'enum',
  }),
  ...[100, 50].map((fillfactor) =>
    oneRow({
      name: `V2b-${fillfactor}`,
      about: 'one row, partial indexes on failed and pending',
      fillfactor,
      indexes: partialByStatus('failed', 'pending'),
    }),
  ),
  oneRow({
    name: 'V2p-100',
    about: 'one row, a partial index for each status',
    fillfactor: 100,
    indexes: partialByStatus('failed', 'pending', 'succeeded', 'skipped'),
  }),
  twoRows({
    name: 'V3',
    about: 'results beside inputs, partial index on failed',
    indexes: `CREATE INDEX image_result_failed ON image_result (job, seq) WHERE status = 'failed';`,
  }),
  twoRows({
    name: 'V3b',
    about: 'results beside inputs, index (job, status, seq) on results',
    indexes: 'CREATE INDEX image_result_by_status ON image_result (job, status, seq);',
  }),
];

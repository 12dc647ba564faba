import { resultColumns } from './workload.ts';
import type { Variant } from './variants.ts';

interface OneRow {
  name: string;
  about: string;
  fillfactor: number;
  indexes: string;
  /** How failures are found, where the status has no index: a table of their keys, or the column only they fill. */
  failures?: 'table' | 'error_code';
  /** 4 bytes an index entry with an enum, against 8 to 10 as text. */
  statusType?: 'text' | 'enum';
}

const columns = `
  i.seq, i.visit, i.url, i.status, i.width, i.height, i.perimeter, i.format, i.mime, i.orientation,
  i.content_length, i.attempts, i.error, i.error_code, i.processed_at, i.analysis`;

/** Arrays of a flush as a set of rows; $1 and $2 are the job and its run. */
export const resultSet = `
  unnest(${resultColumns.map(([, type], index) => `$${index + 3}::${type}[]`).join(', ')})
    AS r (${resultColumns.map(([name]) => name).join(', ')})`;

const recordInto = (statusType: string): string => `
  UPDATE image i
  SET status = r.status::${statusType}, width = r.width, height = r.height, perimeter = r.perimeter, format = r.format,
      mime = r.mime, orientation = r.orientation, content_length = r.content_length, analysis = r.analysis,
      error = r.error, error_code = r.error_code, attempts = i.attempts + 1, processed_at = now()
  FROM ${resultSet}
  WHERE i.job = $1 AND i.seq = r.seq AND i.status = 'pending' AND i.run = $2
  RETURNING i.seq, i.status`;

/** The image and its result in one row, written in place. */
export function oneRow({ name, about, fillfactor, indexes, failures, statusType = 'text' }: OneRow): Variant {
  const typeName = statusType === 'enum' ? 'image_status' : 'text';
  const changed = recordInto(typeName);
  const getPage = (status: string): string => `
    SELECT ${columns}
    FROM image i
    WHERE i.job = $1 AND i.status = '${status}' AND i.seq > $2
    ORDER BY i.seq
    LIMIT $3`;
  return {
    name,
    about,
    tableNames: failures === 'table' ? ['image', 'failure'] : ['image'],
    tables: (storage) => `
      CREATE TYPE image_status AS ENUM ('pending', 'succeeded', 'failed', 'skipped');
      CREATE TABLE image (
        job             bigint NOT NULL,
        seq             integer NOT NULL,
        visit           integer NOT NULL,
        url             text NOT NULL,
        status          ${typeName} NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed', 'skipped')),
        run             integer NOT NULL,
        width           integer,
        height          integer,
        perimeter       integer,
        format          text,
        mime            text,
        orientation     smallint,
        content_length  bigint,
        analysis        jsonb,
        attempts        integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3),
        error           text,
        error_code      text,
        processed_at    timestamptz(3),
        PRIMARY KEY (job, seq)
      ) WITH (fillfactor = ${fillfactor}${storage});
      ${indexes}
      ${failures === 'table' ? 'CREATE TABLE failure (job bigint, seq integer, PRIMARY KEY (job, seq));' : ''}`,
    insert: `
      INSERT INTO image (job, seq, visit, url, status, run)
      SELECT $1, n.seq, n.visit, n.url, 'pending', 1
      FROM unnest($2::integer[], $3::integer[], $4::text[]) AS n (seq, visit, url)`,
    record:
      failures === 'table'
        ? `WITH changed AS (${changed}), noted AS (
             INSERT INTO failure (job, seq) SELECT $1, seq FROM changed WHERE status = 'failed')`
        : `WITH changed AS (${changed})`,
    page: `
      SELECT ${columns}
      FROM image i
      WHERE i.job = $1 AND i.seq > $2
      ORDER BY i.seq
      LIMIT $3`,
    getPage: {
      succeeded: getPage('succeeded'),
      failed: failedPage(getPage('failed'), failures),
      pending: getPage('pending'),
    },
    batch: `
      SELECT i.seq, i.url, i.attempts
      FROM image i
      WHERE i.job = $1 AND i.seq BETWEEN $2 AND $3 AND i.status = 'pending'
        AND (i.next_attempt_at IS NULL OR i.next_attempt_at <= now())
      ORDER BY i.seq`,
    retry: retry(failures),
  };
}

function failedPage(plain: string, failures: OneRow['failures']): string {
  if (failures === undefined) return plain;
  if (failures === 'error_code') return plain.replace('WHERE', 'WHERE i.error_code IS NOT NULL AND');
  return `
    SELECT ${columns}
    FROM failure f JOIN image i ON i.job = f.job AND i.seq = f.seq
    WHERE f.job = $1 AND f.seq > $2
    ORDER BY f.seq
    LIMIT $3`;
}

function retry(failures: OneRow['failures']): string {
  const update = `
    UPDATE image i
    SET status = 'pending', run = i.run + 1, error = NULL, error_code = NULL, processed_at = NULL`;
  if (failures === 'table') {
    return `
      WITH gone AS (DELETE FROM failure WHERE job = $1 RETURNING job, seq)
      ${update} FROM gone WHERE i.job = gone.job AND i.seq = gone.seq`;
  }
  const known = failures === 'error_code' ? 'AND i.error_code IS NOT NULL' : '';
  return `${update} WHERE i.job = $1 AND i.status = 'failed' ${known}`;
}

import { resultSet } from './one-row.ts';
import type { Variant } from './variants.ts';

interface TwoRows {
  name: string;
  about: string;
  indexes: string;
}

const columns = `
  i.seq, i.visit, i.url, coalesce(r.status, 'pending') AS status, r.width, r.height, r.perimeter, r.format, r.mime,
  r.orientation, r.content_length, r.attempts, r.error, r.error_code, r.processed_at, r.analysis`;

/** A result is a row of its own, inserted at the end: an image without one is pending. A deferred try is a pending result. */
export function twoRows({ name, about, indexes }: TwoRows): Variant {
  const getPage = (status: string): string => `
    SELECT ${columns}
    FROM image_result r JOIN image i ON i.job = r.job AND i.seq = r.seq
    WHERE r.job = $1 AND r.status = '${status}' AND r.seq > $2
    ORDER BY r.seq
    LIMIT $3`;
  return {
    name,
    about,
    tableNames: ['image', 'image_result'],
    tables: (storage) => `
      CREATE TABLE image (
        job   bigint NOT NULL,
        seq   integer NOT NULL,
        visit integer NOT NULL,
        url   text NOT NULL,
        PRIMARY KEY (job, seq)
      ) WITH (fillfactor = 100${storage});
      CREATE TABLE image_result (
        job             bigint NOT NULL,
        seq             integer NOT NULL,
        status          text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed', 'skipped')),
        run             integer NOT NULL,
        width           integer,
        height          integer,
        perimeter       integer,
        format          text,
        mime            text,
        orientation     smallint,
        content_length  bigint,
        analysis        jsonb,
        attempts        integer NOT NULL,
        next_attempt_at timestamptz(3),
        error           text,
        error_code      text,
        processed_at    timestamptz(3),
        PRIMARY KEY (job, seq)
      ) WITH (fillfactor = 100${storage});
      ${indexes}`,
    insert: `
      INSERT INTO image (job, seq, visit, url)
      SELECT $1, n.seq, n.visit, n.url
      FROM unnest($2::integer[], $3::integer[], $4::text[]) AS n (seq, visit, url)`,
    record: `
      WITH changed AS (
        INSERT INTO image_result AS old
          (job, seq, status, run, width, height, perimeter, format, mime, orientation, content_length, analysis,
           error, error_code, attempts, processed_at)
        SELECT $1, r.seq, r.status, $2, r.width, r.height, r.perimeter, r.format, r.mime, r.orientation,
               r.content_length, r.analysis, r.error, r.error_code, 1, now()
        FROM ${resultSet}
        ON CONFLICT (job, seq) DO UPDATE
        SET status = excluded.status, width = excluded.width, height = excluded.height,
            perimeter = excluded.perimeter, format = excluded.format, mime = excluded.mime,
            orientation = excluded.orientation, content_length = excluded.content_length,
            analysis = excluded.analysis, error = excluded.error, error_code = excluded.error_code,
            attempts = old.attempts + 1, processed_at = excluded.processed_at
        WHERE old.status = 'pending' AND old.run = excluded.run
        RETURNING seq, status)`,
    // The cursor stands in the join as well: the planner does not carry a range over to the outer side.
    page: `
      SELECT ${columns}
      FROM image i LEFT JOIN image_result r ON r.job = i.job AND r.seq = i.seq AND r.seq > $2
      WHERE i.job = $1 AND i.seq > $2
      ORDER BY i.seq
      LIMIT $3`,
    getPage: {
      succeeded: getPage('succeeded'),
      failed: getPage('failed'),
      pending: `
        SELECT ${columns}
        FROM image i LEFT JOIN image_result r ON r.job = i.job AND r.seq = i.seq AND r.seq > $2
        WHERE i.job = $1 AND i.seq > $2 AND (r.status IS NULL OR r.status = 'pending')
        ORDER BY i.seq
        LIMIT $3`,
    },
    batch: `
      SELECT i.seq, i.url, coalesce(r.attempts, 0) AS attempts
      FROM image i LEFT JOIN image_result r ON r.job = i.job AND r.seq = i.seq AND r.seq BETWEEN $2 AND $3
      WHERE i.job = $1 AND i.seq BETWEEN $2 AND $3
        AND (r.status IS NULL OR r.status = 'pending' AND (r.next_attempt_at IS NULL OR r.next_attempt_at <= now()))
      ORDER BY i.seq`,
    retry: `
      UPDATE image_result r
      SET status = 'pending', run = r.run + 1, error = NULL, error_code = NULL, processed_at = NULL
      WHERE r.job = $1 AND r.status = 'failed'`,
  };
}

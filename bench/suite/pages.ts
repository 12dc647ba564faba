import { type Installation, getMilliseconds } from './installation.ts';
import { cursorBefore, PAGE, getTimes } from './paging.ts';
import type { Figure } from './report.ts';

const IMAGE_ROWS = 5_000_000;
const JOB_IMAGES = 1_000_000;
const JOBS = 1_000_000;

/** Pages at the start and deep down, in tables of five million images and a million jobs; calls on the largest jobs. */
export async function pages(installation: Installation): Promise<Figure[]> {
  const server = await installation.serve({ ROLE: 'api' });
  const [large = ''] = await fill(installation);
  const figures: Figure[] = [];
  for (const [name, path] of [
    ['results', `/api/jobs/${large}/images`],
    ['jobs', '/api/jobs'],
  ] as const) {
    const deep = await cursorBefore(server, path, PAGE * 9_999);
    const first = await getTimes(server, `${path}?limit=${PAGE}`);
    const late = await getTimes(server, `${path}?limit=${PAGE}&cursor=${deep}`);
    figures.push(
      { measure: `${name}: page 1`, value: first, unit: 'ms' },
      { measure: `${name}: page 10,000`, value: late, unit: 'ms' },
      { measure: `${name}: page 10,000 against page 1`, value: late / first, unit: '', atMost: 1.5 },
    );
  }
  for (const [name, path, method] of [
    ['cancel', '/cancel', 'POST'],
    ['retry', '/retry', 'POST'],
    ['cancel again', '/cancel', 'POST'],
    ['delete', '', 'DELETE'],
  ] as const) {
    const ms = await getMilliseconds(server, `/api/jobs/${large}${path}`, method);
    figures.push({ measure: `${name} a job of a million images`, value: ms, unit: 'ms', atMost: 100 });
  }
  return figures;
}

/** Fills the tables as submissions would have; the ids of the jobs of a million images. */
async function fill(installation: Installation): Promise<string[]> {
  await installation.sql('SET synchronous_commit = off');
  await installation.sql(
    `INSERT INTO shelfline.job (job_id, status, run, count, total, pending, succeeded, failed, skipped, unknown_visits,
                                created_at, finished_at)
     SELECT 'job_20240101000000_' || lpad(to_hex(n), 20, '0'), 'completed', 1, 0, 0, 0, 0, 0, 0, 0,
            timestamptz '2024-01-01Z' + n * interval '1 second', timestamptz '2024-01-01Z' + n * interval '1 second'
       FROM generate_series(1, $1) AS n`,
    [JOBS],
  );
  const ids: string[] = [];
  for (let n = 0; n < IMAGE_ROWS / JOB_IMAGES; n += 1) {
    const id = `job_20250101000000_${String(n).padStart(20, '0')}`;
    ids.push(id);
    const [made] = await installation.sql<{ id: string }>(
      `INSERT INTO shelfline.job (job_id, status, run, count, total, pending, succeeded, failed, skipped, unknown_visits,
                                  created_at)
       VALUES ($1, 'ongoing', 1, $2 / 10, $2, $2, 0, 0, 0, 0, timestamptz '2025-01-01Z') RETURNING id`,
      [id, JOB_IMAGES],
    );
    await installation.sql(
      `INSERT INTO shelfline.visit (job, seq, store_id, visit_time, unknown_store, first_image, image_count)
       SELECT $1, n, 'RP00002', timestamptz '2025-01-01Z', false, n * 10, 10 FROM generate_series(0, $2 / 10 - 1) AS n`,
      [made?.id, JOB_IMAGES],
    );
    await installation.sql(
      `INSERT INTO shelfline.image (job, seq, visit, url, status, run)
       SELECT $1, n, n / 10, 'http://photos.example/' || n || '.jpg', 'pending', 1
         FROM generate_series(0, $2 - 1) AS n`,
      [made?.id, JOB_IMAGES],
    );
  }
  await installation.sql('VACUUM ANALYZE shelfline.job, shelfline.visit, shelfline.image');
  return ids;
}

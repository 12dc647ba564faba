import type { Installation } from './installation.ts';
import { cursorBefore, PAGE, getTimes } from './paging.ts';
import type { Figure } from './report.ts';

const VISITS = 1_000_000;
const IMAGES_PER_VISIT = 3;
const JOBS = 100;
const STORES = 5_000;
const AREAS = 200;
const WEEK = 'from=2025-11-03T00:00:00Z&to=2025-11-10T00:00:00Z';
const JOB = `job_20250101000000_${'7'.padStart(20, '0')}`;

/** What came of visits: pages of 100, with a million visits of a year in 5,000 stores of 200 areas, three images each. */
export async function visits(installation: Installation): Promise<Figure[]> {
  const server = await installation.serve({ ROLE: 'api' });
  await fill(installation);
  const figures: Figure[] = [];
  for (const [measure, query] of [
    ["last week's of an area", `area_code=A7&${WEEK}`],
    ['those of an area', 'area_code=A7'],
    ["a week's", WEEK],
    ['those of a store', 'store_id=S7'],
    ['those of a job', `job_id=${JOB}`],
    ['those of a job in an area', `job_id=${JOB}&area_code=A7`],
    ['those of a store in another area', 'store_id=S7&area_code=A8'],
  ] as const) {
    const ms = await getTimes(server, `/api/visits?limit=${PAGE}&${query}`);
    figures.push({ measure, value: ms, unit: 'ms', atMost: 25 });
  }
  const deep = await cursorBefore(server, '/api/visits', PAGE * 1_999);
  const first = await getTimes(server, `/api/visits?limit=${PAGE}`);
  const late = await getTimes(server, `/api/visits?limit=${PAGE}&cursor=${deep}`);
  figures.push(
    { measure: 'all: page 1', value: first, unit: 'ms' },
    { measure: 'all: page 2,000', value: late, unit: 'ms' },
    { measure: 'all: page 2,000 against page 1', value: late / first, unit: '', atMost: 1.5 },
  );
  return figures;
}

/** Fills the tables as submissions would have. */
async function fill(installation: Installation): Promise<void> {
  await installation.sql('SET synchronous_commit = off');
  await installation.sql(
    `INSERT INTO shelfline.store (store_id, store_name, area_code)
     SELECT 'S' || n, 'Store ' || n, 'A' || n % $2 FROM generate_series(1, $1) AS n`,
    [STORES, AREAS],
  );
  await installation.sql(
    `INSERT INTO shelfline.job (job_id, status, run, count, total, pending, succeeded, failed, skipped, unknown_visits,
                                created_at, finished_at)
     SELECT 'job_20250101000000_' || lpad(n::text, 20, '0'), 'completed', 1, $2, $3, 0, $3, 0, 0, 0,
            timestamptz '2026-01-01Z', timestamptz '2026-01-01Z'
       FROM generate_series(1, $1) AS n`,
    [JOBS, VISITS / JOBS, (VISITS / JOBS) * IMAGES_PER_VISIT],
  );
  await installation.sql(
    `INSERT INTO shelfline.visit (job, seq, store_id, area_code, visit_time, unknown_store, first_image, image_count)
     SELECT job.id, n, store.store_id, store.area_code, timestamptz '2025-01-01Z' + random() * interval '365 days', false,
            n * $2, $2
       FROM shelfline.job AS job
      CROSS JOIN generate_series(0, $1 - 1) AS n
       JOIN shelfline.store AS store ON store.store_id = 'S' || 1 + abs(hashint8(job.id * $1 + n)::bigint) % $3`,
    [VISITS / JOBS, IMAGES_PER_VISIT, STORES],
  );
  await installation.sql(
    `INSERT INTO shelfline.image (job, seq, visit, url, status, run, width, height, perimeter, format, attempts, processed_at)
     SELECT visit.job, visit.first_image + n, visit.seq, 'http://photos.example/' || visit.job || '/' || visit.first_image + n || '.jpg',
            'succeeded', 1, 800, 600, 2800, 'jpg', 1, timestamptz '2026-01-01Z'
       FROM shelfline.visit AS visit, generate_series(0, $1 - 1) AS n`,
    [IMAGES_PER_VISIT],
  );
  await installation.sql('VACUUM ANALYZE shelfline.store, shelfline.job, shelfline.visit, shelfline.image');
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { getImages, getJob, type ImageResult, type Job, submitJob } from './api.ts';
import { EXPECTED, VISITS } from './expected.ts';
import { serveImages } from './image-host.ts';
import { resultsTable } from './results-table.ts';
import { ShelflineProcess } from './shelfline-process.ts';

/** Runs a job on real images from start to end, shows it, and checks that everything came out as expected. */
async function demo(stopping: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfline-demo-'));
  const images = await serveImages(0, 250);
  const shelfline = await ShelflineProcess.start(join(folder, 'data'));
  try {
    say('Starting Shelfline on an embedded PostgreSQL of its own …');
    await orStopped(shelfline.ready(), stopping);
    const visits = VISITS.map(({ storeId, files }) => ({
      store_id: storeId,
      image_url: files.map((file) => `${images.origin}/${file}`),
      visit_time: new Date().toISOString(),
    }));
    const jobId = await submitJob(shelfline.origin, visits);
    say(`POST /api/jobs answered at once: ${styleText('bold', jobId)}\n`);
    const job = await watch(shelfline.origin, jobId, stopping);
    const results = await getImages(shelfline.origin, jobId);
    say(`\n${resultsTable(results)}\n`);
    say(`The job is ${styleText('bold', job.status)}, and GET /api/status says why:`);
    for (const { store_id, error } of job.error) say(`  ${store_id}  ${error}`);
    check(job, results);
    say(
      `\n${styleText('green', '✔')} Everything came out as expected: two images and a store were bad on purpose.`,
    );
    say('\nNext:  npm start                 serves on http://127.0.0.1:8080 and keeps its data in .data');
    say('       http://127.0.0.1:8080/docs  to try every call in the browser');
  } finally {
    await shelfline.stop();
    images.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Shows the progress until the job has ended: a bar on a terminal, plain lines elsewhere. */
async function watch(origin: string, jobId: string, stopping: AbortSignal): Promise<Job> {
  const bar = process.stdout.isTTY
    ? new SingleBar(
        { format: '  {bar} {value}/{total} images  {succeeded} measured, {failed} failed' },
        Presets.shades_classic,
      )
    : undefined;
  let shown = -1;
  for (let started = false; ;) {
    const job = await getJob(origin, jobId);
    const { total, pending, succeeded, failed } = job.images;
    if (!started) bar?.start(total, 0, { succeeded, failed });
    started = true;
    bar?.update(total - pending, { succeeded, failed });
    if (bar === undefined && shown !== pending)
      say(`  ${total - pending}/${total} images  ${succeeded} measured, ${failed} failed`);
    shown = pending;
    if (job.status !== 'ongoing') {
      bar?.stop();
      return job;
    }
    await pause(100, undefined, { signal: stopping });
  }
}

/** Compares every result with what is known of the files. */
function check(job: Job, results: readonly ImageResult[]): void {
  const wrong = results
    .filter((image) => !isAsExpected(image))
    .map((image) => `${image.store_id} ${image.image_url}`);
  const total = VISITS.reduce((sum, visit) => sum + visit.files.length, 0);
  if (results.length !== total) wrong.push(`${results.length} results instead of ${total}`);
  if (job.status !== 'failed' || job.error.length !== 3)
    wrong.push(`status ${job.status} with ${job.error.length} errors`);
  if (wrong.length > 0) throw new Error(`Not as expected:\n  ${wrong.join('\n  ')}`);
}

function isAsExpected(image: ImageResult): boolean {
  const expected = EXPECTED[basename(new URL(image.image_url).pathname)];
  if (image.store_id === 'XX99999') return image.status === 'skipped';
  if (expected === undefined) return false;
  if ('errorCode' in expected) return image.status === 'failed' && image.error_code === expected.errorCode;
  const { width, height } = expected;
  return image.width === width && image.height === height && image.perimeter === 2 * (width + height);
}

async function orStopped<T>(work: Promise<T>, stopping: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      stopping.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    }),
  ]);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
try {
  await demo(stopping.signal);
} catch (error) {
  process.stderr.write(
    `\n${stopping.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { styleText } from 'node:util';
import type { ImageResultView } from '../../src/images/results/result-fields.js';
import type { JobView } from '../../src/jobs/job-view.js';
import { CommandLine } from './command-line.ts';
import { EXPECTED, VISITS } from './expected.ts';
import { serveImages } from './image-host.ts';
import { ShelflineProcess } from './shelfline-process.ts';

/** What a job ends with that failed. */
const FAILED = 1;

/** Runs a job on real images from start to end, shows it, and checks that everything came out as expected. */
async function demo(stopping: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfline-demo-'));
  const images = await serveImages(0, 250);
  const shelfline = await ShelflineProcess.start(join(folder, 'data'), { IMAGE_CONCURRENCY: '3' });
  try {
    say('Starting Shelfline on an embedded PostgreSQL of its own …\n');
    await orStopped(shelfline.ready(), stopping);
    await writeFile(join(folder, 'visits.json'), JSON.stringify(submission(images.origin)));
    const cli = new CommandLine(shelfline.origin, folder);
    const submitted = await cli.show('submit', 'visits.json', '--reference', 'demo', '--watch');
    stopping.throwIfAborted();
    if (submitted.status !== FAILED) throw new Error(`The submission ended with status ${submitted.status}`);
    const jobId = submitted.printed.trim();
    await cli.show('results', jobId);
    await check(cli, jobId);
    say(
      `${styleText('green', '✔')} Everything came out as expected: two images and a store were bad on purpose.`,
    );
    say('\nNext:  npm start                 serves on http://127.0.0.1:8080 and keeps its data in .data');
    say('       http://127.0.0.1:8080/docs  to try every call in the browser');
    say('       npx shelfline --help        for what the command line can do');
  } finally {
    await shelfline.stop();
    images.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function submission(origin: string): object {
  const visits = VISITS.map(({ storeId, files }) => ({
    store_id: storeId,
    image_url: files.map((file) => `${origin}/${file}`),
    visit_time: new Date().toISOString(),
  }));
  return { count: visits.length, visits };
}

/** Compares every result with what is known of the files. */
async function check(cli: CommandLine, jobId: string): Promise<void> {
  const job: JobView = JSON.parse((await cli.run('status', jobId, '--json')).printed);
  const lines = (await cli.run('results', jobId, '--format', 'ndjson')).printed.trim().split('\n');
  const results = lines.map((line): ImageResultView => JSON.parse(line));
  const wrong = results
    .filter((image) => !isAsExpected(image))
    .map((image) => `${image.store_id} ${image.image_url}`);
  const total = VISITS.reduce((sum, visit) => sum + visit.files.length, 0);
  if (results.length !== total) wrong.push(`${results.length} results instead of ${total}`);
  if (job.status !== 'failed' || job.error.length !== 3 || job.reference !== 'demo')
    wrong.push(`status ${job.status} with ${job.error.length} errors`);
  if (wrong.length > 0) throw new Error(`Not as expected:\n  ${wrong.join('\n  ')}`);
}

function isAsExpected(image: ImageResultView): boolean {
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

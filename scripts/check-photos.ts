/** Runs the files of a folder through Shelfline, and compares what it finds with exiftool: `--help` says how. */
import { extname, relative } from 'node:path';
import type { ImageResultView } from '../src/images/results/result-fields.js';
import { compare, type Comparison } from './check-photos/compare.ts';
import { type ExiftoolTags, exiftoolVersion, readWithExiftool } from './check-photos/exiftool.ts';
import { type CheckOptions, parseOptions, USAGE, UsageError } from './check-photos/options.ts';
import { photoFiles } from './check-photos/photo-files.ts';
import { PhotoHost } from './check-photos/photo-host.ts';
import { PhotoService } from './check-photos/photo-service.ts';
import { Report } from './check-photos/report.ts';

const DISAGREED = 1;
const NOT_RUN = 2;
/** Files of one job. Memory depends on it, and not on the number of files. */
const BATCH_SIZE = 500;

async function check(options: CheckOptions, stopping: AbortSignal): Promise<number> {
  const version = await exiftoolVersion(options.exiftool);
  say(
    version === undefined
      ? 'exiftool is not installed, so nothing is compared: only files that could not be measured are printed.'
      : `Comparing with exiftool ${version}.`,
  );
  const report = new Report({ json: options.json, hasExiftool: version !== undefined });
  const host = await PhotoHost.start(options);
  try {
    say('Starting Shelfline …');
    const databaseUrl = process.env['DATABASE_URL'];
    const service = await PhotoService.start(databaseUrl === '' ? undefined : databaseUrl);
    try {
      for await (const files of photoFiles(options.folder, BATCH_SIZE)) {
        const [results, tags] = await Promise.all([
          service.measure(host.serve(files), stopping),
          version === undefined ? undefined : readWithExiftool(options.exiftool, files),
        ]);
        files.forEach((file, index) => reportFile(report, options.folder, file, results[index], tags));
        report.progress();
      }
    } finally {
      await service.stop();
    }
  } finally {
    host.close();
  }
  report.printSummary();
  return report.summary().disagreements > 0 ? DISAGREED : 0;
}

function reportFile(
  report: Report,
  folder: string,
  file: string,
  image: ImageResultView | undefined,
  tags: ReadonlyMap<string, ExiftoolTags> | undefined,
): void {
  const name = relative(folder, file);
  if (image === undefined) throw new Error(`${name} has no result.`);
  const { isCompared, disagreements } =
    tags === undefined ? getFailure(name, image) : compareWith(name, image, tags.get(file));
  const extension = extname(file).slice(1).toLowerCase();
  report.count(image.format ?? (extension === '' ? 'none' : extension), image.error_code, isCompared);
  for (const disagreement of disagreements) report.print(disagreement);
}

function compareWith(name: string, image: ImageResultView, tags: ExiftoolTags | undefined): Comparison {
  return tags === undefined ? { isCompared: false, disagreements: [] } : compare(name, image, tags);
}

/** Without exiftool every file that was not measured is printed, with the reason. */
function getFailure(file: string, image: ImageResultView): Comparison {
  const failure = { file, field: 'status', shelfline: image.error_code, exiftool: image.error } as const;
  return { isCompared: false, disagreements: image.status === 'succeeded' ? [] : [failure] };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
try {
  const options = await parseOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(USAGE);
  else process.exitCode = await check(options, stopping.signal);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(stopping.signal.aborted ? '\nStopped.\n' : `\n${reason}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
  process.exitCode = NOT_RUN;
}

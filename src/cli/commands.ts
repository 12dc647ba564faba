import { Readable } from 'node:stream';
import type { JobView } from '../jobs/job-view.js';
import type { ApiClient } from './api-client.js';
import { isDryRun, isImportResult, isJob, isResultsPage, isSubmitted, type Shape } from './api-shapes.js';
import { UnavailableError, UsageError } from './cli-error.js';
import { dryRunText } from './dry-run-text.js';
import { EXIT, type ExitStatus, toExitStatus } from './exit-status.js';
import { followJob } from './job-events.js';
import { jobText } from './job-text.js';
import type { Output } from './output.js';
import { showProgress } from './progress.js';
import { resultsTable } from './results-table.js';
import { CONTENT_TYPES, type FileType, openFile, getFileType, withFields } from './submission-file.js';
import { counted, printable } from './text.js';

/** The context of every command. */
export interface Context {
  readonly client: ApiClient;
  readonly output: Output;
  /** Whether results are printed as JSON. */
  readonly json: boolean;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface WatchOptions {
  /** How long an unreachable server is retried, in seconds. */
  readonly patience: number;
}

export interface SubmitOptions extends WatchOptions {
  readonly type?: FileType;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
  readonly reference?: string;
  readonly callbackUrl?: string;
  readonly timeZone?: string;
  readonly dryRun?: boolean;
}

export interface ResultsOptions {
  readonly format: 'table' | 'csv' | 'ndjson';
  readonly status?: string;
  readonly store?: string;
  readonly limit: number;
}

/** Submits a file. Prints only the id of its job. */
export async function submit(cli: Context, file: string, options: SubmitOptions): Promise<ExitStatus> {
  if (options.dryRun === true) return check(cli, file, options);
  const job = await send(cli, file, options, isSubmitted);
  if (options.watch !== true) {
    cli.output.print(cli.json ? JSON.stringify(job) : job.job_id);
    return EXIT.ok;
  }
  if (!cli.json) cli.output.print(job.job_id);
  try {
    return await follow(cli, job.job_id, options, 'err');
  } catch (error) {
    // With JSON, scripts get the final job, or at least the answer to the submission.
    if (cli.json) cli.output.print(JSON.stringify(job));
    throw error;
  }
}

/** Checks a file without submitting it, and prints what it holds. */
async function check(cli: Context, file: string, options: SubmitOptions): Promise<ExitStatus> {
  if (options.watch === true) throw new UsageError('A dry run makes no job: leave out --watch or --dry-run');
  const found = await send(cli, file, options, isDryRun);
  cli.output.print(cli.json ? JSON.stringify(found) : dryRunText(found));
  return EXIT.ok;
}

async function send<Result extends object>(
  { client, signal }: Context,
  file: string,
  { type, reference, callbackUrl, timeZone, dryRun, idempotencyKey }: SubmitOptions,
  isRight: Shape<Result>,
): Promise<Result> {
  const fileType = getFileType(file, type);
  const fields = {
    ...(reference === undefined ? {} : { reference }),
    ...(callbackUrl === undefined ? {} : { callback_url: callbackUrl }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
  };
  // Streamed files take these fields in the query, JSON files only inside the document.
  const isInside = fileType === 'json' && Object.keys(fields).length > 0;
  const body = isInside ? await withFields(file, fields, signal) : await openFile(file);
  try {
    return await client.json(
      {
        method: 'POST',
        path: '/api/jobs',
        query: { ...(isInside ? {} : fields), ...(dryRun === true ? { dry_run: 'true' } : {}) },
        headers: { 'content-type': CONTENT_TYPES[fileType], 'idempotency-key': toHeader(idempotencyKey) },
        body,
        signal,
      },
      isRight,
    );
  } catch (error) {
    if (!(error instanceof UnavailableError) || error.isUntouched || dryRun === true) throw error;
    const again =
      idempotencyKey === undefined
        ? 'The job may have been taken or not: with --idempotency-key a submission can be repeated'
        : 'The same command can be repeated: its --idempotency-key makes one job of it';
    throw new UnavailableError(`${error.message}. ${again}`, error.code, error.retryAfterMs);
  } finally {
    body.destroy();
  }
}

/** Encodes a header value: `fetch` sends one byte for each character, and the server reads UTF-8. */
function toHeader(value: string | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value, 'utf8').toString('latin1');
}

/** Shows a job. */
export async function status(cli: Context, jobId: string): Promise<ExitStatus> {
  printJob(cli, await cli.client.json({ path: toPath(jobId), signal: cli.signal }, isJob));
  return EXIT.ok;
}

/** Waits for the end of a job. */
export async function watch(cli: Context, jobId: string, options: WatchOptions): Promise<ExitStatus> {
  // Reports a wrong id, key or server at once, without retries.
  await cli.client.json({ path: toPath(jobId), signal: cli.signal }, isJob);
  return follow(cli, jobId, options, 'out');
}

export async function cancel(cli: Context, jobId: string): Promise<ExitStatus> {
  const { client, signal } = cli;
  printJob(cli, await client.json({ method: 'POST', path: `${toPath(jobId)}/cancel`, signal }, isJob));
  return EXIT.ok;
}

export async function retry(
  cli: Context,
  jobId: string,
  options: WatchOptions & { readonly watch?: boolean },
): Promise<ExitStatus> {
  const { client, signal } = cli;
  const job: JobView = await client.json({ method: 'POST', path: `${toPath(jobId)}/retry`, signal }, isJob);
  if (options.watch === true) return follow(cli, jobId, options, 'out');
  printJob(cli, job);
  return EXIT.ok;
}

/** Prints a table of the first results, or streams all of them. */
export async function results(
  { client, output, json, signal }: Context,
  jobId: string,
  { format, status: only, store, limit }: ResultsOptions,
): Promise<ExitStatus> {
  const path = `${toPath(jobId)}/images`;
  const query = { status: only, store_id: store };
  if (json || format !== 'table') {
    const accept = CONTENT_TYPES[json ? 'ndjson' : format === 'csv' ? 'csv' : 'ndjson'];
    const answer = await client.send({ path, query, accept, signal });
    await output.pass(Readable.from(client.toChunks(answer)));
    return EXIT.ok;
  }
  const page = await client.json(
    {
      path,
      query: { ...query, limit: String(limit) },
      signal,
    },
    isResultsPage,
  );
  output.print(resultsTable(page.items, output.out));
  if (page.next_cursor !== null)
    output.say(`These are the first ${limit}: --format csv or ndjson gives all of them`);
  return EXIT.ok;
}

/** Imports a store master. */
export async function importStores(
  { client, output, json, signal }: Context,
  file: string,
): Promise<ExitStatus> {
  const body = await openFile(file);
  const report = await client
    .json(
      {
        method: 'POST',
        path: '/api/stores/import',
        headers: { 'content-type': CONTENT_TYPES.csv },
        body,
        signal,
      },
      isImportResult,
    )
    .finally(() => body.destroy());
  if (json) output.print(JSON.stringify(report));
  else {
    const { received, inserted, updated, unchanged, rejected_count, rejected } = report;
    output.print(
      `${counted(received, 'store')}: ${inserted} new, ${updated} changed, ${unchanged} as they were, ${rejected_count} rejected`,
    );
    for (const { line, error } of rejected) output.say(`  row ${line}: ${printable(error)}`);
    const more = rejected_count - rejected.length;
    if (more > 0) output.say(`  … and ${more} more`);
  }
  return report.rejected_count > 0 ? EXIT.failed : EXIT.ok;
}

/** Shows the progress of a job to its end. Then prints the job as a result, or on standard error. */
async function follow(
  cli: Context,
  jobId: string,
  { patience }: WatchOptions,
  to: 'out' | 'err',
): Promise<ExitStatus> {
  const progress = showProgress(cli.output.err);
  let job: JobView;
  try {
    job = await followJob(cli.client, jobId, progress, { signal: cli.signal, patienceMs: patience * 1000 });
    progress.progress(job.images);
  } catch (error) {
    if (cli.signal.aborted) cli.output.say(`The job goes on: shelfline watch ${jobId}`);
    throw error;
  } finally {
    progress.stop();
  }
  if (cli.json) cli.output.print(JSON.stringify(job));
  else cli.output[to].write(`${jobText(job, cli.output[to])}\n`);
  return toExitStatus(job);
}

function printJob({ output, json }: Context, job: JobView): void {
  output.print(json ? JSON.stringify(job) : jobText(job, output.out));
}

function toPath(jobId: string): string {
  return `/api/jobs/${encodeURIComponent(jobId)}`;
}

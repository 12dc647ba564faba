import { readFileSync } from 'node:fs';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { ApiClient } from './api-client.js';
import { UsageError } from './cli-error.js';
import {
  cancel,
  type Context,
  importStores,
  results,
  type ResultsOptions,
  retry,
  status,
  submit,
  type SubmitOptions,
  watch,
  type WatchOptions,
} from './commands.js';
import type { ExitStatus } from './exit-status.js';
import type { Output } from './output.js';
import { FILE_TYPES } from './submission-file.js';

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Largest page of the API. */
const MAX_ROWS = 1_000;

interface GlobalOptions {
  readonly url: string;
  readonly apiKey?: string;
  readonly json?: boolean;
}

export interface ProgramOptions {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Receives the exit status of the command. */
  readonly done: (exitStatus: ExitStatus) => void;
}

/** Converts a command to an action of Commander. */
type Running = <A extends unknown[]>(
  command: (context: Context, ...args: A) => Promise<ExitStatus>,
) => (...args: A) => Promise<void>;

/** Creates the commands with their options and help. */
export function createProgram({ output, signal, done }: ProgramOptions): Command {
  const program = new Command('shelfline');
  addGlobals(program, output);
  const running: Running =
    (command) =>
    async (...args) => {
      const { url, apiKey, json = false } = program.opts<GlobalOptions>();
      const client = new ApiClient({ url, apiKey: parseKey(apiKey) });
      done(await command({ client, output, json, signal }, ...args));
    };
  addSubmit(program, running);
  addReads(program, running);
  addControl(program, running);
  addStores(program, running);
  return program;
}

function addGlobals(program: Command, output: Output): void {
  program
    .description('Submit jobs of store visits to a Shelfline server and read their results.')
    .version(version(), '-V, --version')
    .addOption(
      new Option('--url <url>', 'URL of the server')
        .env('SHELFLINE_URL')
        .default(DEFAULT_URL)
        .argParser(serverUrl),
    )
    .addOption(
      new Option(
        '--api-key <key>',
        'API key; other users of this machine can see it, unlike the variable',
      ).env('SHELFLINE_API_KEY'),
    )
    .option('--json', 'print results, and errors, as JSON')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => output.out.write(text),
      writeErr: (text) => program.opts<GlobalOptions>().json === true || output.err.write(text),
      // The error is also thrown and reported like all others.
      outputError: () => {},
    })
    .exitOverride()
    .addHelpText(
      'after',
      examples(
        'shelfline submit visits.csv --watch',
        'shelfline results job_20241116100000_8f14e45fceea167a5a36 --format csv > results.csv',
        'SHELFLINE_URL=https://shelfline.example.com SHELFLINE_API_KEY=… shelfline status job_…',
      ) +
        '\nExit status: 0 done (if the command waited for a job: completed), 1 the job failed or rows were rejected,' +
        '\n2 wrong usage or refused, 3 the job was cancelled, 4 the server cannot be reached or failed, 70 internal error, 130 Ctrl-C.',
    );
}

function addSubmit(program: Command, running: Running): void {
  program
    .command('submit')
    .description('submit a file of visits, and print the id of its job')
    .argument('<file>', 'JSON, NDJSON or CSV; - for standard input')
    .addOption(
      new Option('-t, --type <type>', 'format of the file, if its name does not show it').choices(FILE_TYPES),
    )
    .option('-w, --watch', 'show the progress and exit with the status of the job')
    .option(
      '--idempotency-key <key>',
      'unique key; repeating it returns the same job instead of creating another',
    )
    .option('--reference <text>', 'your own label for the job')
    .option('--callback-url <url>', 'URL that gets a webhook when the job ends')
    .option('--time-zone <name>', 'IANA name, such as Asia/Kolkata, of the zone of times without an offset')
    .option('--dry-run', 'check the file, and submit nothing')
    .addOption(patienceOption())
    .addHelpText(
      'after',
      examples(
        'shelfline submit visits.json --watch',
        'shelfline submit visits.csv --reference "week 46" --idempotency-key week-46',
        'shelfline submit visits.csv --time-zone Asia/Kolkata --dry-run',
        'cat visits.ndjson | shelfline submit - --type ndjson',
      ),
    )
    .action(running(async (cli, file: string, options: SubmitOptions) => submit(cli, file, options)));
}

function addReads(program: Command, running: Running): void {
  program
    .command('status')
    .description('show a job and its first errors')
    .addArgument(job())
    .addHelpText('after', examples('shelfline status job_…', 'shelfline status job_… --json | jq .images'))
    .action(running(async (cli, jobId: string) => status(cli, jobId)));

  program
    .command('watch')
    .description('show the progress of a job and exit with its status')
    .addArgument(job())
    .addOption(patienceOption())
    .addHelpText('after', examples('shelfline watch job_… && echo completed'))
    .action(running(async (cli, jobId: string, options: WatchOptions) => watch(cli, jobId, options)));

  program
    .command('results')
    .description('show the result of each image')
    .addArgument(job())
    .addOption(
      new Option('-f, --format <format>', 'a table of the first, or all as CSV or NDJSON')
        .choices(['table', 'csv', 'ndjson'])
        .default('table'),
    )
    .addOption(
      new Option('--status <status>', 'only images with this status').choices([
        'pending',
        'succeeded',
        'failed',
        'skipped',
      ]),
    )
    .option('--store <store_id>', 'only images of this store')
    .addOption(
      new Option('--limit <rows>', 'rows of the table').default(100).argParser(wholeNumber(1, MAX_ROWS)),
    )
    .addHelpText(
      'after',
      examples(
        'shelfline results job_… --status failed',
        'shelfline results job_… --format csv > results.csv',
      ),
    )
    .action(running(async (cli, jobId: string, options: ResultsOptions) => results(cli, jobId, options)));
}

function addControl(program: Command, running: Running): void {
  program
    .command('retry')
    .description('try the failed and skipped images of a job again')
    .addArgument(job())
    .option('-w, --watch', 'show the progress and exit with the status of the job')
    .addOption(patienceOption())
    .addHelpText('after', examples('shelfline retry job_… --watch'))
    .action(
      running(async (cli, jobId: string, options: WatchOptions & { watch?: boolean }) =>
        retry(cli, jobId, options),
      ),
    );

  program
    .command('cancel')
    .description('stop an ongoing job; finished images keep their results')
    .addArgument(job())
    .addHelpText('after', examples('shelfline cancel job_…'))
    .action(running(async (cli, jobId: string) => cancel(cli, jobId)));
}

function addStores(program: Command, running: Running): void {
  program
    .command('stores')
    .description('the store master')
    .command('import')
    .description('add and change stores')
    .argument(
      '<file>',
      'CSV with the columns AreaCode,StoreName,StoreID and optionally Latitude,Longitude,RadiusMeters; - for standard input',
    )
    .addHelpText('after', examples('shelfline stores import stores.csv'))
    .action(running(async (cli, file: string) => importStores(cli, file)));
}

function job(): Argument {
  return new Argument('<job>', 'the job_id that the submission printed').argParser(checkedId);
}

/**
 * Checks a job's id, because another text could address another resource: an empty variable of a script would
 * be the list of jobs.
 */
function checkedId(text: string): string {
  if (/^[\w-]+$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It is not the id of a job, such as job_20241116100000_8f14e45fceea167a5a36.',
  );
}

function patienceOption(): Option {
  return new Option('--patience <seconds>', 'how long to retry an unreachable server')
    .default(300)
    .argParser(wholeNumber(0, 86_400));
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

function serverUrl(text: string): string {
  // An empty variable counts as not set.
  if (text === '') return DEFAULT_URL;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('It is not a URL such as https://shelfline.example.com.');
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('A URL holds no secrets here: use --api-key or SHELFLINE_API_KEY.');
  return url.href.replace(/\/+$/, '');
}

/** Checks the key here, because an error of Commander would contain it. */
function parseKey(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new UsageError('The key is not of printable ASCII characters without spaces');
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It is not a whole number from ${min} to ${max}.`);
  };
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version": "([^"]+)"/.exec(file)?.[1] ?? 'unknown';
}

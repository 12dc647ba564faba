import { constants, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { UsageError } from './cli-error.js';
import { errorCode, getMessage } from './error-code.js';

/** The formats of a submission and their content types. */
export const CONTENT_TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
} as const;
export type FileType = keyof typeof CONTENT_TYPES;
export const FILE_TYPES = ['json', 'ndjson', 'csv'] as const satisfies readonly FileType[];

/** Largest JSON file that is read as a whole, in bytes: four times the server's default limit. */
const WHOLE_BYTES = 128 * 1_048_576;

/** The name of standard input. */
export const STDIN = '-';

const EXTENSIONS: Readonly<Record<string, FileType>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
};

/**
 * The format of a file: the given one, else by its name.
 *
 * @throws UsageError if neither is known
 */
export function getFileType(file: string, given: FileType | undefined): FileType {
  if (given !== undefined) return given;
  const type = EXTENSIONS[extname(file).toLowerCase()];
  if (type !== undefined) return type;
  const what = file === STDIN ? 'Standard input has no name' : `${file} does not say`;
  throw new UsageError(`${what} what it holds: add --type json, ndjson or csv`);
}

/**
 * Opens a file or standard input as a stream.
 *
 * @throws UsageError if it cannot be read; the stream fails with one if reading fails later
 */
export async function openFile(file: string): Promise<Readable> {
  if (file === STDIN) return process.stdin;
  try {
    return await opened(file);
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(file, error);
  }
}

async function opened(file: string): Promise<Readable> {
  const found = await stat(file);
  if (found.isDirectory()) throw new UsageError(`${file} is a folder`);
  // Reading a pipe as a file would block a thread until a writer opens it, and so the process at Ctrl-C.
  if (found.isFIFO())
    return new Socket({ fd: openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
  return Readable.from(readChunks(file, (await open(file)).createReadStream()));
}

async function* readChunks(file: string, stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Adds fields of the command line to a JSON submission, where they replace its own.
 *
 * @throws UsageError if it is not a JSON object, or too large to be read as a whole
 */
export async function withFields(
  file: string,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
  maxBytes = WHOLE_BYTES,
): Promise<Readable> {
  const text = await readWhole(file, signal, maxBytes);
  const submission = parsed(file, text);
  if (typeof submission !== 'object' || submission === null || Array.isArray(submission))
    throw new UsageError(`${getName(file)} holds no JSON object`);
  return Readable.from([Buffer.from(JSON.stringify({ ...submission, ...fields }))]);
}

async function readWhole(file: string, signal: AbortSignal, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of addAbortSignal(signal, await openFile(file))) {
      chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new UsageError(
          `${getName(file)} is longer than ${maxBytes / 1_048_576} MiB, too long to put --reference, --callback-url or --time-zone into: NDJSON and CSV stream`,
        );
    }
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(file, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(`${getName(file)} is not JSON: ${getMessage(error)}`);
  }
}

function getName(file: string): string {
  return file === STDIN ? 'Standard input' : file;
}

function unreadable(file: string, error: unknown): unknown {
  switch (errorCode(error)) {
    case undefined:
      return error;
    case 'ENOENT':
      return new UsageError(`There is no file ${file}`);
    case 'EACCES':
    case 'EPERM':
      return new UsageError(`${file} may not be read`);
    case 'EISDIR':
      return new UsageError(`${file} is a folder`);
    default:
      return new UsageError(`${file} can't be read: ${getMessage(error)}`);
  }
}

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { ApiError } from '../http/errors/api-error.js';
import type { HttpOptions } from '../http/http.options.js';
import { openBody } from '../http/bodies/request-body.js';
import { unsupportedType } from '../http/errors/unsupported-type.js';

const MALFORMED = new ApiError(400, 'The form is broken or not complete.', 'malformed_form');
const TOO_MANY_PARTS = new ApiError(
  400,
  'The form has too many parts. Send the file in the field "file" and nothing else.',
  'malformed_form',
);
/** A form needs one part; browsers and libraries may add some. Each part costs time, however short it is. */
const FORM_LIMITS = { parts: 20, fieldSize: 65_536, headerPairs: 50, headerSize: 16_384 };
const NO_FILE = new ApiError(400, 'The form has no file in the field "file".', 'missing_file');

const FORMS = { CSV: 'text/csv', 'the field "file" of a form': 'multipart/form-data' };

/** What an upload may be. */
export type UploadOptions = Pick<HttpOptions, 'bodyPace' | 'maxImportBytes'>;

/**
 * Gives `use` the CSV that a request brings: its body (`text/csv`), or the file `file` of a form (`multipart/form-data`),
 * as it streams in. A request that breaks off, or comes too slowly, breaks the stream off too.
 *
 * @throws ApiError `415` for another content type, `413` above the limit, `400` for a form without that file, or with more
 *   parts than a form needs
 */
export async function withUploadedCsv<T>(
  request: Request,
  options: UploadOptions,
  use: (csv: Readable) => Promise<T>,
): Promise<T> {
  const coding = request.get('content-encoding');
  if (coding !== undefined && coding !== 'identity') {
    throw new ApiError(415, 'Send the file without a Content-Encoding.', 'unsupported_encoding');
  }
  if (request.is('text/csv')) return use(openUpload(request, options));
  if (request.is('multipart/form-data')) return useFormFile(request, options, use);
  throw unsupportedType(request, FORMS);
}

/** The body; whoever reads it is told of its faults, and by then it may be nobody. */
function openUpload(request: Request, options: UploadOptions): Readable {
  return openBody(request, options.bodyPace, options.maxImportBytes).on('error', () => {});
}

async function useFormFile<T>(
  request: Request,
  options: UploadOptions,
  use: (csv: Readable) => Promise<T>,
): Promise<T> {
  const form = openForm(request);
  const body = openUpload(request, options);
  const unusable = Promise.withResolvers<never>();
  unusable.promise.catch(() => {});
  const formFaults = new Set<unknown>();
  let file: Readable | undefined;
  let used: Promise<T> | undefined;
  // A form that breaks off tells so through its file as well, when nobody may be listening any more.
  form.on('error', () => {});
  form.on('partsLimit', () => unusable.reject(TOO_MANY_PARTS));
  form.on('file', (field, stream) => {
    stream.on('error', (error) => formFaults.add(error));
    if (field !== 'file' || used !== undefined) {
      stream.resume();
      return;
    }
    file = stream;
    used = use(stream);
    used.catch(unusable.reject);
  });
  // All of it has been parsed then. What is wrong at its end is told in the same turn; a form whose last part is all head
  // never says that it has ended.
  const parsed = Promise.withResolvers<void>();
  form.once('prefinish', () => setImmediate(parsed.resolve));
  const read = pipeline(body, form).catch((error: unknown) => {
    formFaults.add(error);
    throw error;
  });
  // Whoever waits for it is told; by then that may be nobody.
  read.catch(() => {});
  try {
    // A file that is refused in its first line is not read to its end.
    await Promise.race([read, parsed.promise, unusable.promise]);
    if (used === undefined) throw NO_FILE;
    return await used;
  } catch (error) {
    const fault = formFaults.has(error) && !(error instanceof ApiError) ? MALFORMED : error;
    file?.destroy(MALFORMED);
    body.destroy();
    // The form may never say that it has ended; the use of its file does.
    await Promise.allSettled([used]);
    throw fault;
  }
}

function openForm(request: Request): Busboy {
  const contentType = request.get('content-type') ?? '';
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': contentType },
      limits: FORM_LIMITS,
    });
  } catch {
    throw new ApiError(400, 'The form has no boundary in its Content-Type.', 'malformed_form');
  }
}

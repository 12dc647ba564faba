import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { ApiError, InvalidInputError } from '../errors/api-error.js';

const MALFORMED = new ApiError(400, 'The form is broken or not complete.', 'malformed_form');
const TOO_MANY_PARTS = new ApiError(
  400,
  'The form has too many parts. Send the file in the field "file", and before it the fields that are documented.',
  'malformed_form',
);
/** A form needs a few parts; browsers and libraries may add some. Each part costs time, however short it is. */
const FORM_LIMITS = { parts: 20, fieldSize: 65_536, headerPairs: 50, headerSize: 16_384 };
const FILE_FIELD = 'file';
const REPEATED = 'must be given once';
const NO_FILE = new ApiError(400, 'The form has no file in the field "file".', 'missing_file');

/** The file of a form, and the fields before it. */
export interface FormFile {
  readonly content: Readable;
  readonly fields: ReadonlyMap<string, string>;
  /** Resolves when the form has been read to its end behind the file. Rejects where something there is wrong. */
  readonly whole: Promise<void>;
}

/**
 * Gives `use` the file `file` of a form (`multipart/form-data`), as it streams in. A form that breaks off, or comes too slowly, breaks the
 * file off too.
 *
 * @param body of the request
 * @param names of the fields that are wanted. Others are ignored
 * @throws ApiError `400` for a form without that file or with too many parts, and for a field or a file that stands twice, or a field behind the file
 */
export async function useFormFile<T>(
  request: Request,
  body: Readable,
  names: readonly string[],
  use: (file: FormFile) => Promise<T>,
): Promise<T> {
  const form = openForm(request);
  const unusable = Promise.withResolvers<never>();
  unusable.promise.catch(() => {});
  const formFaults = new Set<unknown>();
  const fields = new Map<string, string>();
  let file: Readable | undefined;
  let used: Promise<T> | undefined;
  // A form that breaks off says so through its file as well, when nobody may be listening any more.
  form.on('error', () => {});
  form.on('partsLimit', () => unusable.reject(TOO_MANY_PARTS));
  form.on('field', (name, value, _isNameCut, isCut) => {
    if (!names.includes(name)) return;
    const message = findFieldFault(used !== undefined, fields.has(name), isCut);
    if (message === undefined) fields.set(name, value);
    else unusable.reject(new InvalidInputError([{ path: name, message }]));
  });
  // All of it has been parsed then. What is wrong at its end is said in the same round; a form whose last part is all head
  // never says that it has ended.
  const parsed = Promise.withResolvers<void>();
  form.once('prefinish', () => setImmediate(parsed.resolve));
  form.on('file', (field, stream) => {
    stream.on('error', (error) => formFaults.add(error));
    if (field !== FILE_FIELD || used !== undefined) {
      // Its rows would be lost without a word.
      if (field === FILE_FIELD) unusable.reject(new InvalidInputError([{ path: field, message: REPEATED }]));
      stream.resume();
      return;
    }
    file = stream;
    used = use({ content: stream, fields, whole });
    used.catch(unusable.reject);
  });
  const read = pipeline(body, form).catch((error: unknown) => {
    formFaults.add(error);
    throw error;
  });
  const whole = Promise.race([read, parsed.promise, unusable.promise]);
  // Whoever waits for it hears of it; by then that may be nobody.
  read.catch(() => {});
  whole.catch(() => {});
  try {
    // A file that is refused in its first line is not read to its end.
    await whole;
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

function findFieldFault(isBehindFile: boolean, isRepeated: boolean, isCut: boolean): string | undefined {
  if (isBehindFile) return 'must stand before the file in the form';
  if (isRepeated) return REPEATED;
  return isCut ? `must have at most ${FORM_LIMITS.fieldSize} bytes` : undefined;
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

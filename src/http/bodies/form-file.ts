import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { ApiError, InvalidInputError } from '../errors/api-error.js';
import { findUnknownField } from '../routes/unknown-parameters.js';

const MALFORMED = new ApiError(400, 'The form is broken or not complete.', 'malformed_form');
const TOO_MANY_PARTS = new ApiError(
  400,
  'The form has too many parts. Send the file in the field "file", and before it the fields that are documented.',
  'malformed_form',
);
/** A form needs a few parts, and browsers and libraries may add some. Even an empty part costs time. */
const FORM_LIMITS = { parts: 20, fieldSize: 65_536, headerPairs: 50, headerSize: 16_384 };
const FILE_FIELD = 'file';
const REPEATED = 'must be given once';
const NO_FILE = new ApiError(400, 'The form has no file in the field "file".', 'missing_file');

export interface FormFile {
  readonly content: Readable;
  readonly fields: ReadonlyMap<string, string>;
  /** Resolves when the form was read to its end. Rejects if the part after the file is invalid. */
  readonly whole: Promise<void>;
}

/**
 * Calls `use` with the file `file` of a form (`multipart/form-data`) while it is uploaded. If the form is incomplete or too slow, reading the file throws.
 *
 * @param body the body of the request
 * @param names the known fields. Others are refused as unknown query parameters are.
 * @throws ApiError `400` for a form without that file or with too many parts, for a repeated file or field, and for a field after the file
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
  // The file emits the error of an incomplete form too, possibly when it has no listener any more.
  form.on('error', () => {});
  form.on('partsLimit', () => unusable.reject(TOO_MANY_PARTS));
  // Busboy gives no name for a part without one, although its types say otherwise.
  form.on('field', (given: string | undefined, value, _isNameCut, isCut) => {
    const name = given ?? '';
    const unknown = findUnknownField(request, name, [...names, FILE_FIELD]);
    if (unknown !== undefined) unusable.reject(new InvalidInputError([unknown], 'unknown_field'));
    if (!names.includes(name)) return;
    const message = findFieldFault(used !== undefined, fields.has(name), isCut);
    if (message === undefined) fields.set(name, value);
    else unusable.reject(new InvalidInputError([{ path: name, message }]));
  });
  // The form is parsed at `prefinish`. Faults at its end are emitted in the same iteration of the event loop. A form whose last part has only a
  // head never emits its end.
  const parsed = Promise.withResolvers<void>();
  form.once('prefinish', () => setImmediate(parsed.resolve));
  form.on('file', (field, stream) => {
    stream.on('error', (error) => formFaults.add(error));
    if (field !== FILE_FIELD || used !== undefined) {
      // The rows of the second file would be lost silently.
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
  // Callers that wait for it get its error. Without a caller it would be uncaught.
  read.catch(() => {});
  whole.catch(() => {});
  try {
    // A file that is refused at its first line is not read to its end.
    await whole;
    if (used === undefined) throw NO_FILE;
    return await used;
  } catch (error) {
    const fault = formFaults.has(error) && !(error instanceof ApiError) ? MALFORMED : error;
    file?.destroy(MALFORMED);
    body.destroy();
    // The form may never emit its end, but the use of its file ends.
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

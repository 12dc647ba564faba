import type { Readable } from 'node:stream';
import type { Request } from 'express';
import { ApiError } from '../http/errors/api-error.js';
import { unsupportedType } from '../http/errors/unsupported-type.js';
import { parseCharset } from '../http/bodies/csv-text.js';
import { useFormFile } from '../http/bodies/form-file.js';
import type { HttpOptions } from '../http/http.options.js';
import { getCharset, openBody } from '../http/bodies/request-body.js';

const BODY_TYPES = { CSV: 'text/csv', 'the field "file" of a form': 'multipart/form-data' };

export type UploadOptions = Pick<HttpOptions, 'bodyPace' | 'maxImportBytes'>;

/** The form field that names the charset of the file. */
const CHARSET_FIELD = 'charset';

/**
 * Calls `use` with the CSV of a request and its charset, if given, while it is uploaded. The CSV is the body (`text/csv`) or the file `file` of a form
 * (`multipart/form-data`). If the request is incomplete or too slow, reading the CSV throws.
 *
 * @throws ApiError `415` for another content type or an unknown charset, `413` above the limit, `400` for a form without that file or with too many
 *   parts
 */
export async function withUploadedCsv<T>(
  request: Request,
  options: UploadOptions,
  use: (csv: Readable, charset: string | undefined) => Promise<T>,
): Promise<T> {
  const coding = request.get('content-encoding');
  if (coding !== undefined && coding !== 'identity') {
    throw new ApiError(415, 'Send the file without a Content-Encoding.', 'unsupported_encoding');
  }
  if (request.is('text/csv')) {
    const charset = getCharset(request);
    return use(openUpload(request, options), charset && parseCharset(charset));
  }
  if (request.is('multipart/form-data')) {
    return useFormFile(
      request,
      openUpload(request, options),
      [CHARSET_FIELD],
      async ({ content, fields }) => {
        const charset = fields.get(CHARSET_FIELD);
        return use(content, charset && parseCharset(charset));
      },
    );
  }
  throw unsupportedType(request, BODY_TYPES);
}

/** Opens the body. Its reader gets its errors. Without a reader they are ignored. */
function openUpload(request: Request, options: UploadOptions): Readable {
  return openBody(request, options.bodyPace, options.maxImportBytes).on('error', () => {});
}

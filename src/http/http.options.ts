import { FLAG, option, type Values, whole } from '../options/option.js';
import { DAY_MS, GIB, MIB, TIB } from '../options/units.js';

// prettier-ignore
export const HTTP_TABLE = {
  maxBodyBytes: option('MAX_BODY_BYTES', 33_554_432, whole(1024, GIB), 'Maximum number of bytes of a JSON body, after decompression.'),
  bodyMemoryBytes: option('BODY_MEMORY_BYTES', 67_108_864, whole(1024, TIB, 'maxBodyBytes'), 'Maximum number of bytes of JSON bodies in memory at a time. Beyond that the caller that holds the most is refused with `429`.'),
  bodyGraceMs: option('BODY_GRACE_MS', 20_000, whole(1, DAY_MS), 'How long a client may stall, or upload below the minimum rate, before its body is refused, in milliseconds.'),
  bodyMinBytesPerSecond: option('BODY_MIN_BYTES_PER_SECOND', 1024, whole(1, GIB), 'The minimum rate of an upload, in bytes a second.'),
  bodyTimeoutMs: option('BODY_TIMEOUT_MS', 900_000, whole(1, DAY_MS), 'Time for a whole body to arrive, in milliseconds. The time that the server takes for it does not count.'),
  maxSmallBodyBytes: option('MAX_SMALL_BODY_BYTES', 16_384, whole(1024, MIB), 'Maximum number of bytes of the body of any other request than a submission or an import, after decompression.'),
  maxStreamBytes: option('MAX_STREAM_BYTES', GIB, whole(1024, TIB), 'Maximum number of bytes of a submission as NDJSON or CSV, after decompression.'),
  maxImportBytes: option('MAX_IMPORT_BYTES', 134_217_728, whole(1024, TIB), 'Maximum number of bytes of a store master that is imported, after decompression.'),
  maxRejectedRows: option('MAX_REJECTED_ROWS', 10_000, whole(0, 100_000_000), 'An import with more rejected rows changes nothing.'),
  importStallMs: option('IMPORT_STALL_MS', 10_000, whole(1, DAY_MS), 'How long other imports may wait for the client of one before that ends with `408`, in milliseconds.'),
  documentThreads: option('DOCUMENT_THREADS', 2, whole(1, 64), 'Threads for large JSON documents. One caller gets at most all but one of them.'),
  documentTimeoutMs: option('DOCUMENT_TIMEOUT_MS', 10_000, whole(1, DAY_MS), 'Time for a thread to parse one large JSON document, in milliseconds.'),
  answerStallMs: option('ANSWER_STALL_MS', 60_000, whole(1, DAY_MS), 'How long a client may read nothing of an answer before its connection is closed, in milliseconds.'),
  answerMemoryBytes: option('ANSWER_MEMORY_BYTES', 134_217_728, whole(MIB, TIB), 'Maximum number of bytes of answers that wait in a process for their clients.'),
  maxPipelinedRequests: option('MAX_PIPELINED_REQUESTS', 16, whole(1, 10_000), 'Requests that a client may send on one connection ahead of their answers.'),
  maxStreams: option('MAX_STREAMS', 32, whole(1, 100_000), 'Maximum number of streamed submissions in progress in one process, and of streamed exports. One caller gets at most three quarters of them; further requests get `429`.'),
  refuseUnknownParameters: option(undefined, false, FLAG, 'Whether a query parameter that a route does not know is refused with `400`. The standalone service always refuses it.'),
};

/** The minimum speed of an upload: see the options `body…`. Only the time in which the server waits for bytes counts. */
export type BodyPace = Readonly<Record<'graceMs' | 'minBytesPerSecond' | 'timeoutMs', number>>;

export type HttpOptions = Values<typeof HTTP_TABLE> & { readonly bodyPace: BodyPace };

export const HTTP_OPTIONS = Symbol('HTTP_OPTIONS');

export function toHttpOptions(http: Values<typeof HTTP_TABLE>): HttpOptions {
  const { bodyGraceMs: graceMs, bodyMinBytesPerSecond: minBytesPerSecond, bodyTimeoutMs: timeoutMs } = http;
  return { ...http, bodyPace: { graceMs, minBytesPerSecond, timeoutMs } };
}

import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../../http/api-error.js';
import { parseJson } from '../../http/json-body.middleware.js';
import { fieldsOf } from '../../http/validation.js';
import { SubmitJobDto, VisitDto } from '../dto/submit-job.dto.js';
import { MAX_URLS_PER_VISIT } from '../image-url.rule.js';
import type { DocumentTask } from './document-worker.js';
import { type DocumentThread, LargeDocument, nextMessage } from './large-document.js';

/** A document up to so many bytes is parsed at a stretch: that takes some milliseconds. */
const SMALL_BYTES = 1024 * 1024;

const LIST_FIELD = 'visits';
const JOB_FIELDS = fieldsOf(SubmitJobDto).filter((field) => field !== LIST_FIELD);

/**
 * Parses the JSON document of a job. A large one would keep everybody else waiting: it is parsed by a thread of its own,
 * and its visits come over in pieces, with the fields that count alone.
 */
@Injectable()
export class DocumentParser {
  /** Settles when the last of the large documents is closed: one at a time has a thread. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param gone aborts when nobody wants the document any more
   * @returns the value, or a document that has to be closed
   * @throws ApiError `400` for what is no JSON, `413` for what takes far more memory than it has bytes; an error of any kind once `gone` has aborted
   */
  async parse(bytes: Buffer, gone: AbortSignal): Promise<unknown> {
    if (bytes.length <= SMALL_BYTES) return parseJson(bytes);
    const before = this.last;
    const closed = Promise.withResolvers<void>();
    // Whoever gives up keeps its place, and nothing else.
    this.last = Promise.all([before, closed.promise]);
    let thread: DocumentThread | undefined;
    try {
      await untilAborted(before, gone);
      thread = startThread(bytes, closed.resolve);
      const parsed = await read(thread, gone);
      if (!(parsed instanceof LargeDocument)) await thread.worker.terminate();
      return parsed;
    } catch (error) {
      if (thread === undefined) closed.resolve();
      await thread?.worker.terminate();
      throw error;
    }
  }
}

async function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function startThread(bytes: Buffer, onExit: () => void): DocumentThread {
  const task: DocumentTask = {
    bytes,
    jobFields: JOB_FIELDS,
    listField: LIST_FIELD,
    visitFields: fieldsOf(VisitDto),
    longestList: MAX_URLS_PER_VISIT,
  };
  // Where the sources run as they are, so does the thread.
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`document-worker.${suffix}`, import.meta.url), { workerData: task });
  const ended = new AbortController();
  worker.once('exit', () => {
    ended.abort(new Error('the thread of the document has ended'));
    onExit();
  });
  // Whoever waits for a message is told; where nobody does, its end tells enough.
  worker.on('error', () => {});
  return { worker, ended: ended.signal };
}

async function read(thread: DocumentThread, gone: AbortSignal): Promise<unknown> {
  const piece = await nextMessage({ ...thread, ended: AbortSignal.any([thread.ended, gone]) });
  switch (piece?.kind) {
    case 'fault':
      throw new ApiError(400, `${piece.message.slice(0, 200)}.`, 'malformed_json');
    case 'too_many_values':
      throw new ApiError(
        413,
        'The body holds too many lists and objects for its length.',
        'body_too_complex',
      );
    case 'whole':
      return piece.value;
    case 'job':
      return new LargeDocument(piece.job, piece.visits, thread);
    case 'visits':
    case undefined:
      throw new Error('the document has no beginning');
  }
}

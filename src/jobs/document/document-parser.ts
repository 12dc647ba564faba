import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../../http/api-error.js';
import { parseJson } from '../../http/json-body.middleware.js';
import { fieldsOf } from '../../http/validation.js';
import { SubmitJobDto, VisitDto } from '../dto/submit-job.dto.js';
import { MAX_URLS_PER_VISIT } from '../image-url.rule.js';
import type { DocumentPiece, DocumentTask } from './document-worker.js';
import { LargeDocument } from './large-document.js';

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
   * @returns the value, or a document that has to be closed
   * @throws ApiError `400` for what is no JSON; `413` for what takes far more memory than it has bytes
   */
  async parse(bytes: Buffer): Promise<unknown> {
    if (bytes.length <= SMALL_BYTES) return parseJson(bytes);
    const before = this.last;
    const closed = Promise.withResolvers<void>();
    this.last = closed.promise;
    await before;
    const worker = startThread(bytes);
    worker.once('exit', closed.resolve);
    try {
      const parsed = await read(worker);
      if (!(parsed instanceof LargeDocument)) await worker.terminate();
      return parsed;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }
}

function startThread(bytes: Buffer): Worker {
  const task: DocumentTask = {
    bytes,
    jobFields: JOB_FIELDS,
    listField: LIST_FIELD,
    visitFields: fieldsOf(VisitDto),
    longestList: MAX_URLS_PER_VISIT,
  };
  // Where the sources run as they are, so does the thread.
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`document-worker.${suffix}`, import.meta.url), { workerData: task });
}

async function read(worker: Worker): Promise<unknown> {
  const [piece]: DocumentPiece[] = await once(worker, 'message');
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
      return new LargeDocument(piece.job, piece.visits, worker);
    case 'visits':
    case undefined:
      throw new Error('the document has no beginning');
  }
}

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Inject, Injectable } from '@nestjs/common';
import { ApiError } from '../../../http/errors/api-error.js';
import type { GatheredBytes } from '../../../http/bodies/gathered-bytes.js';
import { HTTP_OPTIONS, type HttpOptions } from '../../../http/http.options.js';
import { parseJsonText, textOfJson } from '../../../http/bodies/json-body.middleware.js';
import { costsMoreThan, MAX_MAIN_THREAD_COST } from '../../../http/bodies/json-cost.js';
import { getFields } from '../../../http/input/validation.js';
import { MAX_URL_LENGTH, MAX_URLS_PER_VISIT } from '../../image-url.rule.js';
import { MAX_METADATA_KEYS } from '../../metadata.rule.js';
import { NewVisitDto } from '../new-visit.js';
import type { JsonDocument } from '../readers/json.reader.js';
import { SubmitJobDto } from '../submit-job.dto.js';
import { MAX_VISITS_OF_DOCUMENT } from '../submission-limits.js';
import { DocumentSlots } from './document-slots.js';
import type { DocumentPiece, DocumentTask } from './document-worker.js';

/** Larger documents are parsed by a thread, and so are smaller ones that are costly to parse. */
const SMALL_BYTES = 1024 * 1024;
/** Memory of a thread, as a multiple of the largest body. The values of an ordinary document take about five times its length. */
const MEMORY_PER_BODY_BYTE = 12;
const THREAD_MEMORY_MB = 64;

/** UTF-16 units of a text that is too long for every field. A character may take two units. */
const MAX_TEXT_UNITS = 2 * MAX_URL_LENGTH + 2;

const LIST_FIELD = 'visits';
const TEXTS_FIELD = 'metadata' satisfies keyof SubmitJobDto & keyof NewVisitDto;
const JOB_FIELDS = getFields(SubmitJobDto).filter((field) => field !== LIST_FIELD);

/** The sender of a document, and the signals that abort its parsing. */
export interface DocumentSender {
  /** The caller, for fairness between callers. */
  readonly caller: string;
  /** Aborts when the document is no longer needed. */
  readonly signal: AbortSignal;
  /** Aborts when other bodies need the memory of the document while it waits for a thread. */
  readonly evicted: AbortSignal;
  /** Called when parsing begins. */
  readonly onStart: () => void;
}

/** The thread that parses a document. */
interface DocumentThread {
  readonly worker: Worker;
  /** Aborts when the thread has ended. */
  readonly ended: AbortSignal;
}

/** A JSON document of a job. A thread has parsed it and still holds its visits. */
export class LargeDocument implements JsonDocument {
  readonly isInMemory = false;
  private isRead = false;

  constructor(
    /** The fields of the job, without its visits. */
    private readonly fields: JsonDocument['job'],
    readonly length: number,
    private readonly thread: DocumentThread,
  ) {}

  get job(): JsonDocument['job'] {
    return {
      ...this.fields,
      [LIST_FIELD]: Array.from({ length: Math.min(this.length, MAX_VISITS_OF_DOCUMENT + 1) }),
    };
  }

  /** Yields the unchecked visits in pieces. The document is closed after the last piece, or when the reader stops. */
  async *pieces(): AsyncGenerator<readonly unknown[]> {
    this.isRead = true;
    try {
      for (let read = 0; read < this.length;) {
        const visits = await this.readVisits();
        read += visits.length;
        yield visits;
      }
    } finally {
      await this.close();
    }
  }

  /** Reads the messages of some visits, or of one long visit. */
  private async readVisits(): Promise<readonly unknown[]> {
    const lists: Record<string, unknown[]> = {};
    for (;;) {
      const answered = nextMessage(this.thread);
      this.thread.worker.postMessage('next', []);
      const piece = await answered;
      if (piece?.kind === 'elements') (lists[piece.field] ??= []).push(...piece.elements);
      else if (piece?.kind === 'long_visit') return [{ ...piece.visit, ...lists }];
      else if (piece?.kind === 'visits' && piece.visits.length > 0) return piece.visits;
      else throw new Error('the thread of the document returned fewer visits than it announced');
    }
  }

  async closeUnlessRead(): Promise<void> {
    if (!this.isRead) await this.close();
  }

  /** Ends the thread. Visits that were not read are lost. */
  async close(): Promise<void> {
    await this.thread.worker.terminate();
  }
}

/**
 * Parses the JSON document of a job. A document that is large or costly would delay other requests. Its own thread parses it within a time limit,
 * and posts its visits in pieces that contain only the known fields.
 */
@Injectable()
export class DocumentParser {
  private readonly slots: DocumentSlots;

  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {
    this.slots = new DocumentSlots(options.documentThreads);
  }

  /**
   * @returns the value, or a LargeDocument that the caller has to close
   * @throws ApiError `400` if the text is not JSON, `413` if it takes far more time or memory than usual for its length, `429` if it was evicted
   * @throws any error once `signal` has aborted
   */
  async parse(body: GatheredBytes, { caller, signal, evicted, onStart }: DocumentSender): Promise<unknown> {
    const { bytes } = body;
    const blocks = body.drainBlocks();
    if (bytes <= SMALL_BYTES) {
      const text = textOfJson(Buffer.concat(blocks));
      if (!costsMoreThan(text, MAX_MAIN_THREAD_COST)) {
        onStart();
        return parseJsonText(text);
      }
    }
    const release = await this.slots.acquire(caller, AbortSignal.any([signal, evicted]));
    onStart();
    let thread: DocumentThread | undefined;
    try {
      signal.throwIfAborted();
      thread = startThread(blocks, this.options.maxBodyBytes, release);
      const parsed = await this.read(thread, signal);
      if (!(parsed instanceof LargeDocument)) await thread.worker.terminate();
      return parsed;
    } catch (error) {
      if (thread === undefined) release();
      // `terminate` waits until JSON.parse returns. The slot is released then, but the client gets its response now.
      void thread?.worker.terminate();
      throw error;
    }
  }

  private async read(thread: DocumentThread, signal: AbortSignal): Promise<unknown> {
    const { documentTimeoutMs } = this.options;
    const timeout = AbortSignal.timeout(documentTimeoutMs);
    try {
      return await readBeginning(thread, AbortSignal.any([signal, timeout]));
    } catch (error) {
      if (timeout.aborted && !signal.aborted)
        throw tooComplex(`The body takes longer than ${documentTimeoutMs} ms to parse.`);
      throw error;
    }
  }
}

function tooComplex(sentence: string): ApiError {
  return new ApiError(
    413,
    `${sentence} Send only the fields of a job, or its visits as application/x-ndjson.`,
    'body_too_complex',
  );
}

const TOO_MANY_VALUES = tooComplex('The body holds too many keys, lists and objects for its length.');
const OUT_OF_MEMORY = tooComplex('The body takes too much memory for its length.');

function startThread(blocks: readonly Buffer[], maxBodyBytes: number, onExit: () => void): DocumentThread {
  const task: DocumentTask = {
    blocks,
    jobFields: JOB_FIELDS,
    listField: LIST_FIELD,
    visitFields: getFields(NewVisitDto),
    textsField: TEXTS_FIELD,
    maxTexts: MAX_METADATA_KEYS,
    maxListLength: MAX_URLS_PER_VISIT,
    maxTextUnits: MAX_TEXT_UNITS,
  };
  // If TypeScript sources run directly, the thread runs its source too.
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`document-worker.${suffix}`, import.meta.url), {
    workerData: task,
    // Copying the blocks would take longer than all other work of this function.
    transferList: blocks.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer),
    resourceLimits: {
      maxOldGenerationSizeMb: THREAD_MEMORY_MB + Math.ceil((MEMORY_PER_BODY_BYTE * maxBodyBytes) / 2 ** 20),
    },
  });
  const ended = new AbortController();
  worker.once('exit', () => {
    ended.abort(new Error('the thread of the document has ended'));
    onExit();
  });
  // Pending reads reject by themselves. Without a pending read, the handler of `exit` is enough.
  worker.on('error', () => {});
  return { worker, ended: ended.signal };
}

/** @throws ApiError `413` if the thread ran out of memory, or any other error of the thread */
async function nextMessage({ worker, ended }: DocumentThread): Promise<DocumentPiece | undefined> {
  try {
    const [piece]: DocumentPiece[] = await once(worker, 'message', { signal: ended });
    return piece;
  } catch (error) {
    throw isOutOfMemory(error) ? OUT_OF_MEMORY : error;
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** @throws ApiError, the reason of the signal, or the error of the thread */
async function readBeginning(thread: DocumentThread, signal: AbortSignal): Promise<unknown> {
  const piece = await nextMessage({ ...thread, ended: AbortSignal.any([thread.ended, signal]) });
  switch (piece?.kind) {
    case 'fault':
      throw new ApiError(400, `${piece.message.slice(0, 200)}.`, 'malformed_json');
    case 'too_many_values':
      throw TOO_MANY_VALUES;
    case 'whole':
      return piece.value;
    case 'job':
      return new LargeDocument(piece.job, piece.visits, thread);
    case 'visits':
    case 'elements':
    case 'long_visit':
    case undefined:
      throw new Error('unexpected first message from the thread of the document');
  }
}

import type { Database, Transaction } from '../../database/database.js';
import { ApiError } from '../../http/errors/api-error.js';
import type { ImageBatchesRepository, NewImage } from '../../images/image-batches.repository.js';
import { BATCH_SIZE } from '../batches.js';
import type { NewVisit } from './new-visit.js';
import { countImages } from './submission.js';
import { FIRST_RUN, type SubmissionsRepository } from './submissions.repository.js';

/** The number of images whose rows are written together, with the rows of their visits. More would delay other queries, and fewer cost more. */
const SLICE_IMAGES = 2_500;
/** Interval of the heartbeats of an upload, in milliseconds. */
const TOUCH_MS = 60_000;

/** The numbers of a visit and of its first image in the job. */
interface RowNumbers {
  readonly visit: number;
  readonly image: number;
}

/**
 * Writes the visits and images of one submission in the order of submission, and counts its visits, images and unknown stores. A long submission is
 * an upload: its first steps are written before its job exists. Each step has its own transaction, and its rows have the number of the future job.
 */
export class SubmissionWriter {
  /** Visits and images of all steps. */
  visits = 0;
  images = 0;
  /** The number of the job that the upload may become. It identifies the upload. Undefined until a step is written ahead. */
  futureJob: string | undefined;
  /** Whether a step was discarded. If so, the submission cannot become a job. */
  isIncomplete = false;
  /** Visits that are not being written yet, and the numbers of the first of them. */
  private buffered: NewVisit[] = [];
  private bufferedFrom: RowNumbers = { visit: 0, image: 0 };
  /** Unknown stores of each slice, by the number of its first image. Writing a slice again overwrites its entry. */
  private readonly unknown = new Map<number, { readonly visits: number; readonly images: number }>();
  /** Batches with at least one image to fetch. */
  private readonly pendingBatches = new Set<number>();
  /** The last two steps that were written ahead. */
  private writing: readonly [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()];
  private touchTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly submissions: SubmissionsRepository,
    private readonly imageRows: ImageBatchesRepository,
  ) {}

  get unknownVisits(): number {
    return [...this.unknown.values()].reduce((sum, { visits }) => sum + visits, 0);
  }

  /** Images of visits to unknown stores. */
  get skipped(): number {
    return [...this.unknown.values()].reduce((sum, { images }) => sum + images, 0);
  }

  get isBuffering(): boolean {
    return this.buffered.length > 0;
  }

  /** Counts and buffers the visits of a step. */
  buffer(step: readonly NewVisit[]): void {
    this.buffered.push(...step);
    this.visits += step.length;
    this.images += countImages(step);
  }

  /**
   * Begins to write the buffer before the job exists. Two steps may be in progress at a time: a third waits for the first.
   *
   * @throws the error of an earlier step
   */
  async writeAhead(): Promise<void> {
    await this.writing[0];
    const futureJob = (this.futureJob ??= await this.beginUpload());
    const next = this.writeStep(futureJob, this.buffered, this.bufferedFrom);
    // Later calls throw its error. Without one it would be uncaught.
    next.catch(() => {});
    this.writing = [this.writing[1], next];
    this.clearBuffer();
  }

  /** Discards the buffer, because the rest of the submission is only compared with an earlier one. */
  discard(): void {
    this.isIncomplete = true;
    this.clearBuffer();
  }

  /** Waits until all steps are written. @throws the error of a step */
  async allWritten(): Promise<void> {
    await Promise.all(this.writing);
  }

  /** Waits until no step is being written, without throwing its error. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.writing);
    clearInterval(this.touchTimer);
  }

  /**
   * Writes the buffer in the transaction that creates the job, and ends the upload. It may be called again after that transaction was rolled back.
   *
   * @throws ApiError `503` if another process has ended this upload as abandoned
   */
  async finish(transaction: Transaction, job: string): Promise<void> {
    if (this.futureJob !== undefined) {
      const ended = await this.submissions.endUpload(transaction, this.futureJob);
      if (ended === undefined) throw toInterrupted();
    }
    await this.write(transaction, job, this.buffered, this.bufferedFrom);
  }

  /** Whether the batch of an image contains any image to fetch. */
  mayBePending(seq: number): boolean {
    return this.pendingBatches.has(Math.floor(seq / BATCH_SIZE));
  }

  private async beginUpload(): Promise<string> {
    const futureJob = await this.submissions.beginUpload();
    // A failed heartbeat is ignored, because the next one replaces it.
    const touch = (): void => void this.submissions.touchUpload(futureJob).catch(() => {});
    this.touchTimer = setInterval(touch, TOUCH_MS);
    return futureJob;
  }

  private clearBuffer(): void {
    this.buffered = [];
    this.bufferedFrom = { visit: this.visits, image: this.images };
  }

  private async writeStep(futureJob: string, visits: readonly NewVisit[], from: RowNumbers): Promise<void> {
    const upTo = { visits: this.visits, images: this.images };
    await this.database.transaction(async (transaction) => {
      await this.write(transaction, futureJob, visits, from);
      // This comes last, because it locks the upload and the next step would wait for the lock.
      if (!(await this.submissions.growUpload(transaction, futureJob, upTo))) throw toInterrupted();
    });
  }

  private async write(
    transaction: Transaction,
    job: string,
    visits: readonly NewVisit[],
    from: RowNumbers,
  ): Promise<void> {
    let next = from;
    for (const slice of toSlices(visits)) {
      await this.writeSlice(transaction, job, slice, next);
      next = { visit: next.visit + slice.length, image: next.image + countImages(slice) };
    }
  }

  private async writeSlice(
    transaction: Transaction,
    job: string,
    visits: readonly NewVisit[],
    from: RowNumbers,
  ): Promise<void> {
    const unknown = await this.submissions.insertVisits(transaction, job, from, visits);
    const images = visits.flatMap(({ imageUrls }, index): NewImage[] => {
      const visit = from.visit + index;
      return imageUrls.map((url) => ({ visit, url, status: unknown.has(visit) ? 'skipped' : 'pending' }));
    });
    await this.imageRows.insert(transaction, job, FIRST_RUN, from.image, images);
    const skipped = images.filter(({ status }) => status === 'skipped').length;
    this.unknown.set(from.image, { visits: unknown.size, images: skipped });
    for (const [index, { status }] of images.entries()) {
      if (status === 'pending') this.pendingBatches.add(Math.floor((from.image + index) / BATCH_SIZE));
    }
  }
}

/** Splits visits into slices that end with the visit that reaches SLICE_IMAGES. */
function* toSlices(visits: readonly NewVisit[]): Generator<readonly NewVisit[]> {
  let from = 0;
  let images = 0;
  for (const [index, { imageUrls }] of visits.entries()) {
    images += imageUrls.length;
    if (images < SLICE_IMAGES) continue;
    yield visits.slice(from, index + 1);
    from = index + 1;
    images = 0;
  }
  if (from < visits.length) yield visits.slice(from);
}

function toInterrupted(): ApiError {
  return new ApiError(503, 'The submission was interrupted for too long. Send it again.', 'upload_given_up');
}

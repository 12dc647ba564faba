import type { Database, Transaction } from '../../database/database.js';
import { ApiError } from '../../http/errors/api-error.js';
import type { ImagesRepository, NewImage } from '../../images/images.repository.js';
import { BATCH_SIZE } from '../batches.js';
import type { NewVisit } from './new-visit.js';
import { countImages } from './submission.js';
import { FIRST_RUN, type SubmissionsRepository } from './submissions.repository.js';

/** Images whose rows are made together, with their visits': enough to be cheap, few enough not to hold up anybody else. */
const SLICE_IMAGES = 2_500;
/** How often an upload is recorded as going on, in milliseconds. */
const TOUCH_MS = 60_000;

/** The numbers of a visit and of its first image in their job. */
interface RowNumbers {
  readonly visit: number;
  readonly image: number;
}

/**
 * Writes the visits and images of one submission, in the order of submission, and counts its visits, images and unknown stores. A long submission is an
 * upload: its first steps are written before its job exists, each in a transaction of its own, under the number of that job.
 */
export class SubmissionWriter {
  /** Visits and images of all steps. */
  visits = 0;
  images = 0;
  /** The number of the job that the upload may become; undefined until a step is written ahead. */
  upload: string | undefined;
  /** Whether a step was discarded. No job can be made of the submission then. */
  isIncomplete = false;
  /** Visits that are not being written yet, and the numbers that the first of them has. */
  private buffered: NewVisit[] = [];
  private bufferedFrom: RowNumbers = { visit: 0, image: 0 };
  /** Unknown stores of each slice, by the number of its first image. Writing a slice again overwrites its entry. */
  private readonly unknown = new Map<number, { readonly visits: number; readonly images: number }>();
  /** Batches with an image that is to be fetched. */
  private readonly pendingBatches = new Set<number>();
  /** The two last steps that are written ahead. */
  private writing: readonly [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()];
  private touchTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly submissions: SubmissionsRepository,
    private readonly imageRows: ImagesRepository,
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

  /** Numbers the visits of a step, and buffers them until they are written. */
  buffer(step: readonly NewVisit[]): void {
    this.buffered.push(...step);
    this.visits += step.length;
    this.images += countImages(step);
  }

  /**
   * Begins to write what is buffered, ahead of the job. Two steps are written while a third comes in.
   *
   * @throws what an earlier step failed with
   */
  async writeAhead(): Promise<void> {
    await this.writing[0];
    const job = (this.upload ??= await this.beginUpload());
    const next = this.writeStep(job, this.buffered, this.bufferedFrom);
    // Its error is thrown by whatever waits for it next, which may be nothing.
    next.catch(() => {});
    this.writing = [this.writing[1], next];
    this.clearBuffer();
  }

  /** Discards the buffer: the rest of the submission is only compared with an earlier one. */
  discard(): void {
    this.isIncomplete = true;
    this.clearBuffer();
  }

  /** @throws what a step that was written ahead failed with */
  async allWritten(): Promise<void> {
    await Promise.all(this.writing);
  }

  /** Waits until nothing is being written ahead, whatever became of it. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.writing);
    clearInterval(this.touchTimer);
  }

  /**
   * Writes what is buffered, in the transaction that makes the job, and ends the upload. It may be called again when that transaction was
   * rolled back.
   *
   * @throws ApiError `503` where another process has ended this upload as abandoned
   */
  async finish(transaction: Transaction, job: string): Promise<void> {
    if (this.upload !== undefined) {
      const ended = await this.submissions.endUpload(transaction, this.upload);
      if (ended === undefined) throw toInterrupted();
    }
    await this.write(transaction, job, this.buffered, this.bufferedFrom);
  }

  /** Whether an image may have to be fetched: not where its whole batch has nothing to fetch. */
  mayBePending(seq: number): boolean {
    return this.pendingBatches.has(Math.floor(seq / BATCH_SIZE));
  }

  private async beginUpload(): Promise<string> {
    const job = await this.submissions.beginUpload();
    // The next one makes up for one that fails. In an outage of the database none succeeds.
    this.touchTimer = setInterval(() => void this.submissions.touchUpload(job).catch(() => {}), TOUCH_MS);
    return job;
  }

  private clearBuffer(): void {
    this.buffered = [];
    this.bufferedFrom = { visit: this.visits, image: this.images };
  }

  private async writeStep(job: string, visits: readonly NewVisit[], from: RowNumbers): Promise<void> {
    const upTo = { visits: this.visits, images: this.images };
    await this.database.transaction(async (transaction) => {
      await this.write(transaction, job, visits, from);
      // Last: the transaction of the next step would wait for the lock.
      if (!(await this.submissions.growUpload(transaction, job, upTo))) throw toInterrupted();
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

/** Slices of so many images, more by those of the last visit of a slice. */
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

import type { Transaction } from '../database/database.js';
import type { ImagesRepository, NewImage } from '../images/images.repository.js';
import { BATCH_SIZE } from './batches.js';
import { countImages, toSlices } from './slices.js';
import type { NewVisit } from './submission.js';
import { FIRST_RUN, type SubmissionsRepository } from './submissions.repository.js';

/** Images whose rows are made together, with their visits': enough to be cheap, few enough not to hold up anybody else. */
const STEP_IMAGES = 2_500;

/** Visits with their numbers: those of the first visit and its first image, and how many rows there are up to the last. */
export interface PlacedVisits {
  readonly visits: readonly NewVisit[];
  readonly from: { readonly visit: number; readonly image: number };
  readonly upTo: { readonly visits: number; readonly images: number };
}

/** The rows of visits and images of one new job, written in the order of submission, and what they come to. */
export class JobRows {
  visits = 0;
  images = 0;
  /** What each step found of unknown stores, by the number of its first image: a step that is run again finds it anew. */
  private readonly unknown = new Map<number, { readonly visits: number; readonly images: number }>();
  /** Which batches hold an image that is to be fetched. */
  private readonly pendingBatches = new Set<number>();

  constructor(
    private readonly submissions: SubmissionsRepository,
    private readonly imageRows: ImagesRepository,
    /** The number of the job. */
    readonly job: string,
  ) {}

  get unknownVisits(): number {
    return [...this.unknown.values()].reduce((sum, { visits }) => sum + visits, 0);
  }

  /** Images of visits to unknown stores. */
  get skipped(): number {
    return [...this.unknown.values()].reduce((sum, { images }) => sum + images, 0);
  }

  /** Numbers further visits and their images: those that are placed next come after them. */
  place(visits: readonly NewVisit[]): PlacedVisits {
    const from = { visit: this.visits, image: this.images };
    this.visits += visits.length;
    this.images += countImages(visits);
    return { visits, from, upTo: { visits: this.visits, images: this.images } };
  }

  /**
   * Writes visits and their images; several transactions may do so at a time, and one that was rolled back may do so again.
   * What was written in one that failed must not be gone on with.
   */
  async write(transaction: Transaction, { visits, from }: PlacedVisits): Promise<void> {
    let next = from;
    for (const step of toSlices(visits, STEP_IMAGES)) {
      await this.writeStep(transaction, next, step);
      next = { visit: next.visit + step.length, image: next.image + countImages(step) };
    }
  }

  /** Whether an image may have to be fetched: not where its whole batch has nothing to fetch. */
  mayBePending(seq: number): boolean {
    return this.pendingBatches.has(Math.floor(seq / BATCH_SIZE));
  }

  private async writeStep(
    transaction: Transaction,
    from: PlacedVisits['from'],
    visits: readonly NewVisit[],
  ): Promise<void> {
    const unknown = await this.submissions.insertVisits(transaction, this.job, from, visits);
    const images = visits.flatMap(({ imageUrls }, index): NewImage[] => {
      const visit = from.visit + index;
      return imageUrls.map((url) => ({ visit, url, status: unknown.has(visit) ? 'skipped' : 'pending' }));
    });
    await this.imageRows.insert(transaction, this.job, FIRST_RUN, from.image, images);
    const skipped = images.filter(({ status }) => status === 'skipped').length;
    this.unknown.set(from.image, { visits: unknown.size, images: skipped });
    for (const [index, { status }] of images.entries()) {
      if (status === 'pending') this.pendingBatches.add(Math.floor((from.image + index) / BATCH_SIZE));
    }
  }
}

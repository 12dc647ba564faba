import type { Transaction } from '../database/database.js';
import type { ImagesRepository, NewImage } from '../images/images.repository.js';
import { BATCH_SIZE } from './batches.js';
import { slicesOf } from './slices.js';
import type { NewVisit } from './submission.js';
import { FIRST_RUN, type SubmissionsRepository } from './submissions.repository.js';

/** Images whose rows are made together, with their visits': enough to be cheap, few enough not to hold up anybody else. */
const STEP_IMAGES = 5_000;

/** The rows of visits and images of one new job, written in the order of submission, and what they come to. */
export class JobRows {
  visits = 0;
  images = 0;
  unknownVisits = 0;
  /** Images of visits to unknown stores. */
  skipped = 0;
  /** Which batches hold an image that is to be fetched. */
  private readonly pendingBatches = new Set<number>();

  constructor(
    private readonly submissions: SubmissionsRepository,
    private readonly imageRows: ImagesRepository,
    /** The number of the job. */
    readonly job: string,
  ) {}

  /** Writes further visits and their images. What was added in a transaction that failed must not be gone on with. */
  async add(transaction: Transaction, visits: readonly NewVisit[]): Promise<void> {
    for (const step of slicesOf(visits, STEP_IMAGES)) await this.addStep(transaction, step);
  }

  /** Whether an image may have to be fetched: not where its whole batch has nothing to fetch. */
  mayBePending(seq: number): boolean {
    return this.pendingBatches.has(Math.floor(seq / BATCH_SIZE));
  }

  private async addStep(transaction: Transaction, visits: readonly NewVisit[]): Promise<void> {
    const from = { visit: this.visits, image: this.images };
    const unknown = await this.submissions.insertVisits(transaction, this.job, from, visits);
    const images = visits.flatMap(({ imageUrls }, index): NewImage[] => {
      const visit = from.visit + index;
      return imageUrls.map((url) => ({ visit, url, status: unknown.has(visit) ? 'skipped' : 'pending' }));
    });
    await this.imageRows.insert(transaction, this.job, FIRST_RUN, from.image, images);
    this.visits += visits.length;
    this.images += images.length;
    this.unknownVisits += unknown.size;
    for (const [index, { status }] of images.entries()) {
      if (status === 'skipped') this.skipped += 1;
      else this.pendingBatches.add(Math.floor((from.image + index) / BATCH_SIZE));
    }
  }
}

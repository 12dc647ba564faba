import { Inject, Injectable } from '@nestjs/common';
import type { Querying } from '../../database/database.js';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import { ApiError } from '../../http/errors/api-error.js';
import { JOBS_OPTIONS, type JobsOptions } from '../jobs.options.js';
import { type DryRun, DryRunError, DryRunFaults, MAX_UNKNOWN_STORES } from './dry-run.js';
import type { NewVisit } from './new-visit.js';
import { checkInSteps } from './check-submission.js';
import { type ColumnOfFile, countImages, type SubmissionHeader, type VisitChunk } from './submission.js';
import { SubmissionsRepository } from './submissions.repository.js';

export interface DryRunOptions {
  /** The columns of a CSV file, once the visits are read. */
  readonly columns?: readonly ColumnOfFile[];
  /** Whether the caller may see which stores are unknown. */
  readonly listsUnknownStores: boolean;
  /** Where the stores are looked up. The default is a connection of the pool. */
  readonly on?: Querying;
}

/** Runs every check of a submission, and stores nothing. */
@Injectable()
export class DryRunService {
  constructor(
    private readonly submissions: SubmissionsRepository,
    private readonly webhooks: WebhooksService,
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
  ) {}

  /**
   * Reads a submission to its end. Memory does not grow with its length.
   *
   * @throws DryRunError with the number of all faults, and the first of them
   * @throws any other error of the chunks
   */
  async run(
    header: SubmissionHeader,
    chunks: AsyncIterable<VisitChunk>,
    { columns = [], listsUnknownStores, on }: DryRunOptions,
  ): Promise<DryRun> {
    const limits = { maxImages: this.options.maxImages, webhooksAvailable: this.webhooks.isAvailable };
    const faults = new DryRunFaults();
    const unknown = new Map<string, number>();
    let [visits, images] = [0, 0];
    try {
      for await (const step of checkInSteps(header, chunks, limits, faults)) {
        visits += step.length;
        images += countImages(step);
        if (listsUnknownStores) await this.countUnknown(step, unknown, on);
      }
    } catch (error) {
      if (!(error instanceof ApiError) || error.getStatus() !== 400 || error instanceof DryRunError)
        throw error;
      throw faults.toErrorWith(error);
    }
    const unknownStores = [...unknown].map(([store_id, count]) => ({ store_id, visits: count }));
    return { valid: true, visits, images, columns, unknown_stores: unknownStores };
  }

  /** Counts the visits to each of the first hundred unknown stores. */
  private async countUnknown(
    step: readonly NewVisit[],
    unknown: Map<string, number>,
    on: Querying | undefined,
  ): Promise<void> {
    const counts = new Map<string, number>();
    for (const { storeId } of step) counts.set(storeId, (counts.get(storeId) ?? 0) + 1);
    const known = await this.submissions.findStores([...counts.keys()], on);
    for (const [storeId, count] of counts) {
      if (known.has(storeId)) continue;
      const before = unknown.get(storeId);
      if (before === undefined && unknown.size === MAX_UNKNOWN_STORES) continue;
      unknown.set(storeId, (before ?? 0) + count);
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { ReadOptions } from '../database/read-options.js';
import {
  Cursor,
  type Page,
  PAGE_CHARACTERS,
  PAGES_READ_AT_ONCE,
  toPage,
  toParts,
} from '../http/input/page.js';
import { ReadLimit } from '../http/input/read-limit.js';
import { yieldToEventLoop } from '../http/yield-to-event-loop.js';
import { isJobId } from '../images/result-ids.js';
import { JOB_ERRORS } from './dto/job.dto.js';
import { type JobView, toJobView } from './job-view.js';
import type { ShelflineJob } from './job.entity.js';
import { type JobFilter, JobsRepository, type JobWithFaults } from './jobs.repository.js';
import { countMetadataCharacters } from './metadata.rule.js';

/** The maximum number of faults that one statement reads. */
const READ_FAULTS = 1_000;

/** The `[created_at in milliseconds, id]` of the last row of a page. */
const cursor = new Cursor<readonly [number, string]>(
  'jobs',
  (key): key is readonly [number, string] =>
    key.length === 2 &&
    Number.isInteger(key[0]) &&
    Number(key[0]) >= 0 &&
    Number(key[0]) <= 8.64e15 &&
    typeof key[1] === 'string' &&
    /^\d{1,18}$/.test(key[1]),
);

/** A page of jobs that has to be read. */
interface JobPage {
  readonly filter: JobFilter;
  readonly after: readonly [Date, string] | undefined;
  readonly limit: number;
}

/** Reads jobs with their errors, in bounded memory. */
@Injectable()
export class JobsReader {
  private readonly pages = new ReadLimit(PAGES_READ_AT_ONCE);
  /** Long faults are read one job at a time. */
  private readonly longFaults = new ReadLimit(1);

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
  ) {}

  /** Finds the row of a job. */
  async find(jobId: string, { manager }: ReadOptions = {}): Promise<ShelflineJob | undefined> {
    const on = this.database.on(manager);
    return isJobId(jobId) ? this.jobs.findByJobId(jobId, on) : undefined;
  }

  /**
   * Finds a job with its first faults. These may have millions of characters, and results that arrive on several connections at the same time are
   * decoded without a pause between them.
   */
  async findWithFaults(
    jobId: string,
    faults: number,
    options: ReadOptions = {},
  ): Promise<JobWithFaults | undefined> {
    const on = this.database.on(options.manager);
    if (!isJobId(jobId)) return undefined;
    const job = await this.jobs.findWithShortFaults(jobId, faults, on);
    if (job?.has_long_faults !== true) return job;
    return this.longFaults.run(options, async () => {
      const read = await this.jobs.findWithFaults(jobId, faults, on);
      await yieldToEventLoop();
      return read;
    });
  }

  /**
   * Reads a page of jobs, newest first. It is shorter than `limit` if the errors would make it too large.
   *
   * @throws InvalidInputError for a cursor of another list
   */
  async list(
    filter: JobFilter,
    page: { readonly limit: number; readonly cursor: string | undefined },
    options: ReadOptions,
  ): Promise<Page<JobView>> {
    const key = page.cursor === undefined ? undefined : cursor.decode(page.cursor);
    const after = key && ([new Date(key[0]), key[1]] as const);
    const { rows, limit } = await this.pages.run(options, () =>
      this.read({ filter, after, limit: page.limit }, options),
    );
    return toPage(rows, limit, toJobView, (row) => cursor.encode([row.created_at.getTime(), row.id]));
  }

  /** The number of jobs that match, and at most `max`. */
  async count(filter: JobFilter, max: number): Promise<number> {
    return this.jobs.count(filter, max);
  }

  /** Reads jobs with their first faults, and the number of jobs on the page. One further job means that there is a next page. */
  private async read(
    { filter, after, limit }: JobPage,
    { manager }: ReadOptions,
  ): Promise<{ readonly rows: readonly JobWithFaults[]; readonly limit: number }> {
    const on = this.database.on(manager);
    const rows: JobWithFaults[] = [];
    let characters = 0;
    let last = after;
    const counts = await this.jobs.countFaults(filter, after, limit + 1, JOB_ERRORS, on);
    for (const part of toParts(counts, (faults) => faults, READ_FAULTS)) {
      const read = await this.jobs.list(filter, last, part.length, JOB_ERRORS, on);
      for (const row of read) {
        rows.push(row);
        if (characters > PAGE_CHARACTERS) return { rows, limit: rows.length - 1 };
        characters += countCharacters(row);
        last = [row.created_at, row.id];
      }
      if (read.length < part.length) break;
    }
    return { rows, limit };
  }
}

function countCharacters({ faults, metadata }: JobWithFaults): number {
  return (faults ?? []).reduce(
    (sum, { url, reason }) => sum + (url?.length ?? 0) + (reason?.length ?? 0),
    countMetadataCharacters(metadata),
  );
}

import { Injectable } from '@nestjs/common';
import type { ReadOptions } from '../database/read-options.js';
import { JobNotFoundError } from '../http/errors/job-not-found.error.js';
import { checkQuery } from '../http/input/code-query.js';
import { iteratePages } from '../http/input/iterate-pages.js';
import type { Filters, Page, PageRequest } from '../http/input/page.js';
import { ImagesReader } from './images.reader.js';
import type { ResultFilter } from './images.repository.js';
import { isJobId } from './result-ids.js';
import { ListImagesQuery } from './results/list-images-query.dto.js';
import type { ImageResultView } from './results/result-fields.js';

/** A query of the results of a job. An image has to match all filters that are given. */
export interface ImageQuery extends ResultFilter, PageRequest {}

/** Reads the results of the images of a job. */
@Injectable()
export class ImagesService {
  constructor(private readonly reader: ImagesReader) {}

  /**
   * Returns a page of a job's results in the order of submission. It costs the same wherever the cursor stands. Results come as their images are
   * finished: the result of an image changes once, when it is no longer `pending`, unless the job is retried.
   *
   * @throws JobNotFoundError
   * @throws InvalidInputError for an invalid filter or limit, and for a cursor of another list or job
   */
  async list(
    jobId: string,
    query: ImageQuery = {},
    options: ReadOptions = {},
  ): Promise<Page<ImageResultView>> {
    const { limit, cursor, ...filter } = checkQuery(ListImagesQuery, query);
    if (!isJobId(jobId)) throw new JobNotFoundError();
    const page = await this.reader.page(jobId, filter, { limit, cursor }, options);
    if (page === undefined) throw new JobNotFoundError();
    return page;
  }

  /**
   * Reads all results of a job that match, in the order of submission, a page at a time. Each image comes exactly once, as it is when its page is read:
   * read a job that has ended for final results. Memory does not grow with the job.
   *
   * @throws JobNotFoundError if there is no such job, or it is deleted before its last result is read
   * @throws InvalidInputError for an invalid filter
   */
  iterate(
    jobId: string,
    filter: Filters<ImageQuery> = {},
    options: ReadOptions = {},
  ): AsyncGenerator<ImageResultView, void, undefined> {
    return iteratePages((page) => this.list(jobId, { ...filter, ...page }, options));
  }

  /** @deprecated Use {@link list}, which throws for an unknown job. The next release does not have this method. */
  async page(
    job: string,
    filter: ResultFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ImageResultView> | undefined> {
    return this.reader.page(job, filter, page);
  }

  /** @deprecated Use {@link iterate}, which throws for an unknown job. The next release does not have this method. */
  async all(job: string, filter: ResultFilter): Promise<AsyncIterable<ImageResultView[]> | undefined> {
    return this.reader.all(job, filter);
  }
}

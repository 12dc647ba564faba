import { Injectable } from '@nestjs/common';
import { JobNotFoundError } from '../../http/errors/job-not-found.error.js';
import { isJobId } from '../../images/result-ids.js';
import { FailuresRepository } from './failures.repository.js';
import { OTHER_HOSTS } from './job-failure.entity.js';

/** The images of a job that failed with the same error code at the same host. */
export interface FailureView {
  readonly error_code: string;
  /** Without its port; the bucket of an `s3:` URL; `other` for all hosts after the first 1,000. */
  readonly host: string;
  readonly count: number;
  /** The URL of one of the images. */
  readonly example_url: string;
}

/** Reads the failures of jobs. */
@Injectable()
export class FailuresService {
  constructor(private readonly failures: FailuresRepository) {}

  /**
   * The failures of the current run of a job, most frequent first, 100 at most.
   *
   * @throws NotFoundError
   */
  async list(jobId: string): Promise<{ readonly items: readonly FailureView[] }> {
    const rows = isJobId(jobId) ? await this.failures.list(jobId) : undefined;
    if (rows === undefined) throw new JobNotFoundError();
    const items = rows.map(({ error_code, host, count, url }) => ({
      error_code,
      host: host === OTHER_HOSTS ? 'other' : host,
      count,
      example_url: url,
    }));
    return { items };
  }
}

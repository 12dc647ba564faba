import type { S3Source } from '../../outbound/sources/s3-source.js';
import type { AnswerReader } from './exchange.js';
import { FetchFault } from './fetch-fault.js';
import { getHeader, type Headers } from './headers.js';

/**
 * Reads the answer of a bucket. No redirect is followed, because a signed request is valid for one host only.
 * If the bucket is in another region, the fault names both regions.
 */
export class S3Answer implements AnswerReader {
  constructor(
    private readonly reader: AnswerReader,
    private readonly source: S3Source,
  ) {}

  onHead(status: number, headers: Headers): boolean {
    const region = getHeader(headers, 'x-amz-bucket-region');
    const isElsewhere =
      (status === 400 || (status >= 300 && status < 400)) &&
      region !== undefined &&
      /^[a-z0-9-]{1,64}$/.test(region) &&
      region !== this.source.region;
    if (isElsewhere)
      throw new FetchFault(
        'bad_redirect',
        `the bucket is in the region ${region}, and its source names ${this.source.region}: change region in the source`,
      );
    if (status >= 300 && status < 400 && status !== 304)
      throw new FetchFault(
        'bad_redirect',
        'the bucket redirected to another host, which is not followed: check region and endpoint of its source',
      );
    return this.reader.onHead(status, headers);
  }

  onBytes(chunk: Buffer): boolean {
    return this.reader.onBytes(chunk);
  }

  onFramingBytes(bytes: number): void {
    this.reader.onFramingBytes(bytes);
  }
}

/**
 * `s3://bucket/key`. Everything behind the bucket is the key, including `%`, `?` and `#`, as in Amazon's tools.
 */
const S3_URL = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,62})\/(.+)$/is;

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

/** Whether a text begins with `s3:`. */
export function isS3(url: string): boolean {
  return /^s3:/i.test(url);
}

/** Undefined for a URL without a bucket and key. */
export function parseS3Url(url: string): S3Object | undefined {
  const [, bucket, key] = S3_URL.exec(url) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

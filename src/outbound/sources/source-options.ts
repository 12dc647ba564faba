/** Headers and limits for requests to some hosts. A null field is ignored. */
export interface HostSourceOptions {
  /**
   * `photos.example.com`, `*.example.com`, `photos.example.com:8443` or `http://photos.internal`. Default
   * scheme: `https:`.
   */
  readonly hosts: readonly string[];
  /** Sent with the first request for each image of these hosts, never after a redirect. */
  readonly headers?: Readonly<Record<string, string>> | null;
  /** Maximum number of requests in flight to each of these hosts, per process. */
  readonly concurrency?: number | null;
  /** Maximum number of requests a second to each of these hosts, per process. */
  readonly requests_per_second?: number | null;
}

/** A bucket with the API of Amazon S3. A null field is ignored. */
export interface S3SourceOptions {
  /** The bucket in `s3://bucket/key`. */
  readonly s3: string;
  /** Only keys with this prefix. */
  readonly prefix?: string | null;
  readonly region?: string | null;
  /** `https://minio.internal:9000`. Default: Amazon's endpoint of the region. */
  readonly endpoint?: string | null;
  /**
   * Whether the bucket is in the path instead of the host name. Default: true with an endpoint or a dot in the
   * bucket.
   */
  readonly path_style?: boolean | null;
  readonly access_key_id?: string | null;
  readonly secret_access_key?: string | null;
  readonly session_token?: string | null;
}

export type SourceOptions = HostSourceOptions | S3SourceOptions;

/**
 * The sources, or a function that returns them. It is called at start, and again when the sources are needed
 * and a minute old.
 */
export type SourcesOption =
  readonly SourceOptions[] | (() => readonly SourceOptions[] | Promise<readonly SourceOptions[]>);

/** Limits that a source sets for its hosts. */
export interface SourceLimits {
  readonly concurrency?: number;
  readonly requestsPerSecond?: number;
}

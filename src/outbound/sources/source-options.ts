/** Headers and limits for requests to some hosts. A field that is null counts as left out. */
export interface HostSourceOptions {
  /** `photos.example.com`, `*.example.com`, `photos.example.com:8443` or `http://photos.internal`; `https:` unless it says otherwise. */
  readonly hosts: readonly string[];
  /** Sent with the first request for each image of these hosts, and never after a redirect. */
  readonly headers?: Readonly<Record<string, string>> | null;
  /** Most requests in flight to each of these hosts, per process. */
  readonly concurrency?: number | null;
  /** Most requests a second to each of these hosts, per process. */
  readonly requests_per_second?: number | null;
}

/** A bucket that speaks the protocol of Amazon S3. A field that is null counts as left out. */
export interface S3SourceOptions {
  /** The bucket in `s3://bucket/key`. */
  readonly s3: string;
  /** Only keys that begin with this. */
  readonly prefix?: string | null;
  readonly region?: string | null;
  /** `https://minio.internal:9000`; Amazon's endpoint of the region unless given. */
  readonly endpoint?: string | null;
  /** Whether the bucket stands in the path rather than in the host name; true with an endpoint or a dot in the bucket. */
  readonly path_style?: boolean | null;
  readonly access_key_id?: string | null;
  readonly secret_access_key?: string | null;
  readonly session_token?: string | null;
}

export type SourceOptions = HostSourceOptions | S3SourceOptions;

/** The sources, or what returns them. It is called at the start, and again when its answer is a minute old and needed. */
export type SourcesOption =
  readonly SourceOptions[] | (() => readonly SourceOptions[] | Promise<readonly SourceOptions[]>);

/** Limits that a source sets for its hosts. */
export interface SourceLimits {
  readonly concurrency?: number;
  readonly requestsPerSecond?: number;
}

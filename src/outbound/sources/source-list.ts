import type { HostPattern } from './host-pattern.js';
import { getPort, toKey } from './host-pattern.js';
import type { S3Source } from './s3-source.js';
import { parseS3Url } from './s3-url.js';
import type { SourceLimits } from './source-options.js';

/** The hosts of one entry. The values of its headers are hidden however the object is printed. */
export class HostSource {
  readonly #headers: readonly string[];

  constructor(
    readonly patterns: readonly HostPattern[],
    headers: readonly string[],
    readonly limits: SourceLimits,
  ) {
    this.#headers = headers;
  }

  /** Names in lower case and values, alternating. */
  get headers(): readonly string[] {
    return this.#headers;
  }
}

/** Returns the registrable domain of a name (`example.co.uk`); null if it has none. */
export type FindDomain = (hostname: string) => string | null;

/** The sources of one load, with look-up by URL. */
export class SourceList {
  private readonly exact = new Map<string, HostSource>();
  private readonly wildcards: { readonly pattern: HostPattern; readonly source: HostSource }[] = [];

  constructor(
    hosts: readonly HostSource[] = [],
    private readonly buckets: readonly S3Source[] = [],
    private readonly findDomain: FindDomain = () => null,
  ) {
    for (const source of hosts)
      for (const pattern of source.patterns) {
        if (pattern.isWildcard) this.wildcards.push({ pattern, source });
        else this.exact.set(toKey(pattern), source);
      }
    this.wildcards.sort((one, other) => other.pattern.hostname.length - one.pattern.hostname.length);
    this.buckets = buckets.toSorted((one, other) => other.prefix.length - one.prefix.length);
  }

  /** The source of an object. The longest matching prefix of a bucket is used. */
  findS3(bucket: string, key: string): S3Source | undefined {
    return this.buckets.find((each) => each.bucket === bucket && key.startsWith(each.prefix));
  }

  /** Whether an `s3:` URL has a source. */
  covers(url: string): boolean {
    const object = parseS3Url(url);
    return object !== undefined && this.findS3(object.bucket, object.key) !== undefined;
  }

  /** The source of a host: the entry with its name, else the nearest wildcard. */
  findHost(url: URL): HostSource | undefined {
    if (this.exact.size === 0 && this.wildcards.length === 0) return undefined;
    const { protocol, hostname } = url;
    const port = getPort(url);
    const exact = this.exact.get(`${protocol}//${hostname}:${port}`);
    if (exact !== undefined) return exact;
    return this.wildcards.find(
      ({ pattern }) =>
        pattern.protocol === protocol && pattern.port === port && this.isBelow(hostname, pattern.hostname),
    )?.source;
  }

  /** The limits for a host by its name, with a port that is not the default of either scheme. */
  limitsFor(host: string): SourceLimits {
    for (const scheme of ['https', 'http']) {
      const url = URL.parse(`${scheme}://${host}`);
      const limits = url === null ? undefined : this.findHost(url)?.limits;
      if (limits !== undefined) return limits;
    }
    return {};
  }

  /**
   * Whether a name is below a wildcard and has the same registrable domain. A name that others may register,
   * such as a bucket below `s3.amazonaws.com`, does not match.
   */
  private isBelow(hostname: string, stem: string): boolean {
    return hostname.endsWith(`.${stem}`) && this.findDomain(hostname) === this.findDomain(stem);
  }
}

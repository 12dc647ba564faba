/** Characters of a host that are kept. A host name is shorter, and text of any length would not fit into an index. */
const MAX_CHARACTERS = 255;

/**
 * The host of a URL in SQL: without its port, in lower case, and for `s3:` the bucket. `image_failed_by_host` contains this expression for the column
 * `url`, so that a changed expression needs a migration.
 */
export function toHostSql(url: string): string {
  const host = String.raw`substring(${url} COLLATE "C" from '^[^:]*:[/\\]*(\[[^]]*\]|[^/\\?#:]*)')`;
  return `left(lower(${host}), ${MAX_CHARACTERS})`;
}

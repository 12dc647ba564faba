import { type Sources, SourcesUnavailableError } from '../../outbound/sources/sources.js';
import { FetchFault } from './fetch-fault.js';
import type { RequestHeaders } from './image-client.js';
import type { Target } from './target.js';

/** Whether the first request for a target carries a credential. */
export function hasSource({ url, s3 }: Target, sources: Sources): boolean {
  return s3 !== undefined || sources.current.findHost(url) !== undefined;
}

/**
 * What the first request of an attempt carries beside the usual headers: never one that follows on a redirect.
 */
export async function sourceHeaders({ url, path, s3 }: Target, sources: Sources): Promise<RequestHeaders> {
  return s3 === undefined ? (sources.current.findHost(url)?.headers ?? []) : s3.sign(path);
}

/** @throws FetchFault, which may pass, where the function that gives the sources fails */
export async function freshSources(sources: Sources): Promise<void> {
  try {
    await sources.refresh();
  } catch (error) {
    if (!(error instanceof SourcesUnavailableError)) throw error;
    throw new FetchFault('internal', error.message, { retryable: true });
  }
}

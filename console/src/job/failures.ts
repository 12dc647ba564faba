import type { ImageResult, ShelflineClient } from 'shelfline-client';
import { getHost } from './photo-filter.js';

/** Photos of a job that failed for the same reason at the same host. */
export interface Failure {
  readonly error_code: string;
  readonly host: string;
  readonly count: number;
  /** The different reasons, most frequent first. */
  readonly errors: readonly string[];
}

export interface Failures {
  readonly items: readonly Failure[];
  /** The number of failed photos that were read. */
  readonly read: number;
  readonly isComplete: boolean;
}

const PAGE = 1_000;

/** Reads why photos failed, most frequent first, from the first thousand of them. */
export async function readFailures(
  client: ShelflineClient,
  jobId: string,
  signal: AbortSignal,
): Promise<Failures> {
  const query = { status: 'failed', limit: PAGE } as const;
  const { items, next_cursor: next } = await client.jobs.images(jobId, query, { signal }).page();
  return { items: groupFailures(items), read: items.length, isComplete: next === null };
}

/** Groups failed photos by reason and host. */
export function groupFailures(images: readonly ImageResult[]): readonly Failure[] {
  const groups = new Map<
    string,
    { code: string; host: string; count: number; errors: Map<string, number> }
  >();
  for (const { error_code: code, error, image_url: url } of images) {
    const host = getHost(url);
    const key = JSON.stringify([code, host]);
    const group = groups.get(key) ?? { code: code ?? 'internal', host, count: 0, errors: new Map() };
    group.count += 1;
    if (error !== null) group.errors.set(error, (group.errors.get(error) ?? 0) + 1);
    groups.set(key, group);
  }
  return [...groups.values()]
    .toSorted((one, other) => other.count - one.count)
    .map(({ code, host, count, errors }) => ({
      error_code: code,
      host,
      count,
      errors: [...errors].toSorted(([, one], [, other]) => other - one).map(([error]) => error),
    }));
}

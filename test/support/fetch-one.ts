import type { FetchCallOptions } from '../../src/images/fetching/file-attempts.js';
import type { ImageFetcher } from '../../src/images/fetching/image-fetcher.js';
import type { ImageOutcome } from '../../src/images/fetching/image-outcome.js';

/** One try at one image. Rejects with the reason of the signal by which nothing came of it. */
export async function fetchOne(
  images: ImageFetcher,
  url: string,
  options: FetchCallOptions = {},
): Promise<ImageOutcome> {
  const came: ImageOutcome[] = [];
  await images.fetchAll([url], options, (_url, outcome) => void came.push(outcome));
  const [outcome] = came;
  if (outcome !== undefined) return outcome;
  options.signal?.throwIfAborted();
  options.waitSignal?.throwIfAborted();
  throw new Error(`nothing came of ${url}`);
}

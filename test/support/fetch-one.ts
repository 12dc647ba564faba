import type { FetchWishes } from '../../src/images/fetching/file-tries.js';
import type { ImageFetcher } from '../../src/images/fetching/image-fetcher.js';
import type { ImageOutcome } from '../../src/images/fetching/image-outcome.js';

/** One try at one image. Rejects with the reason of the signal by which nothing came of it. */
export async function fetchOne(
  images: ImageFetcher,
  url: string,
  wishes: FetchWishes = {},
): Promise<ImageOutcome> {
  const came: ImageOutcome[] = [];
  await images.fetchAll([url], wishes, (_url, outcome) => void came.push(outcome));
  const [outcome] = came;
  if (outcome !== undefined) return outcome;
  wishes.signal?.throwIfAborted();
  wishes.waiting?.throwIfAborted();
  throw new Error(`nothing came of ${url}`);
}

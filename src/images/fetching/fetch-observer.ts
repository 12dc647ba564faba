/**
 * Called for every attempt at an image. It runs while images are fetched, so it must be fast and must not
 * throw.
 */
export interface FetchObserver {
  /**
   * @param ms time spent waiting for hosts, over all requests of the attempt
   * @param bytes bytes that were read
   */
  imageFetched(ms: number, bytes: number): void;
}

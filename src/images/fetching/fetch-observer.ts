/** Is told of every try at an image. It stands in the path of images: it has to be quick, and must not throw. */
export interface FetchObserver {
  /**
   * @param ms that hosts were waited for, over all requests of the try
   * @param bytes that were read
   */
  imageFetched(ms: number, bytes: number): void;
}

/** Limits that every controller shares. */
export interface HttpOptions {
  /** Most bytes of a JSON body, after decompression. */
  readonly maxBodyBytes: number;
}

export const HTTP_OPTIONS = Symbol('HTTP_OPTIONS');

/** How fast the body of a request has to come. */
export interface BodyPace {
  /** How long a sender may be silent, and be waited for in all beyond the time that its bytes earn it, in milliseconds. */
  readonly graceMs: number;
  /** So many bytes earn the sender a second. */
  readonly minBytesPerSecond: number;
}

/** Limits that every controller shares. */
export interface HttpOptions {
  /** Most bytes of a JSON body, after decompression. */
  readonly maxBodyBytes: number;
  /** Most bytes of JSON bodies that are held at a time, until their requests are answered. */
  readonly bodyMemoryBytes: number;
  readonly bodyPace: BodyPace;
  /** Most bodies that stream in at a time, and most answers that stream out. */
  readonly maxStreams: number;
}

export const HTTP_OPTIONS = Symbol('HTTP_OPTIONS');

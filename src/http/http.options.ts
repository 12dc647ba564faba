/** How fast the body of a request has to come. Only the time counts in which the server waits for the sender. */
export interface BodyPace {
  /** How long the sender may be silent, or send less than `minBytesPerSecond`, in milliseconds. */
  readonly graceMs: number;
  readonly minBytesPerSecond: number;
  /** How long the whole body may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** How long an answer may wait for its reader, and what all waiting answers may take. */
export interface AnswerLimits {
  /** How long a reader may take nothing before its connection is closed, in milliseconds. */
  readonly stallMs: number;
  /** Bytes of answers that wait in this process for their readers. */
  readonly memoryBytes: number;
  /** Requests that one connection may have sent ahead of their answers. */
  readonly maxPipelined: number;
}

/** Limits that every controller shares. */
export interface HttpOptions {
  /** Most bytes of a JSON body, after decompression. */
  readonly maxBodyBytes: number;
  /** Most bytes of JSON bodies that are held at a time, until their requests are answered. */
  readonly bodyMemoryBytes: number;
  readonly bodyPace: BodyPace;
  /** Bytes of the body of any route but submissions and the import of stores, after decompression. */
  readonly maxSmallBodyBytes: number;
  /** Bytes of a submission that streams in, after decompression. */
  readonly maxStreamBytes: number;
  /** Bytes of a store master that is imported. */
  readonly maxImportBytes: number;
  /** An import with more rejected rows than these changes nothing. */
  readonly maxRejectedRows: number;
  /** How long other imports may wait for the sender of one, in milliseconds. */
  readonly importStallMs: number;
  /** Large JSON documents that are held by threads at a time. */
  readonly documentThreads: number;
  /** Time for a thread to parse a large JSON document, in milliseconds. */
  readonly documentTimeoutMs: number;
  readonly answers: AnswerLimits;
  /** Most bodies that stream in at a time, and most answers that stream out. */
  readonly maxStreams: number;
}

export const HTTP_OPTIONS = Symbol('HTTP_OPTIONS');

/** How images are analysed, in one process. */
export interface AnalysisOptions {
  /** Milliseconds that an analyzer has for one image, waiting for the whole file not counted. */
  readonly timeoutMs: number;
  /** Images that one analyzer is given at a time, unless it says so itself. */
  readonly concurrency: number;
  /** Most bytes of one result as JSON. */
  readonly maxResultBytes: number;
}

export const ANALYSIS_OPTIONS = Symbol('ANALYSIS_OPTIONS');

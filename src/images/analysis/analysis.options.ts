import { option, type Values, whole } from '../../options/option.js';
import { DAY_MS } from '../../options/units.js';

// prettier-ignore
export const ANALYSIS_TABLE = {
  timeoutMs: option(undefined, 10_000, whole(1, DAY_MS), 'Time of an analyzer for one image, in milliseconds. Waiting for the whole file does not count.'),
  concurrency: option(undefined, 16, whole(1, 10_000), 'Maximum number of images that one analyzer gets at a time, unless it sets a number itself.'),
  maxResultBytes: option(undefined, 65_536, whole(2, 16_777_216), 'Maximum number of bytes of one result as JSON.'),
};

/** How images are analyzed, in one process. */
export type AnalysisOptions = Values<typeof ANALYSIS_TABLE>;

export const ANALYSIS_OPTIONS = Symbol('ANALYSIS_OPTIONS');

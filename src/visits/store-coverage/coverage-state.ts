/** Whether a store has a usable photo in a period, was visited without one, or was not visited. */
export const COVERAGE_STATES = ['covered', 'no_usable_photo', 'not_visited'] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

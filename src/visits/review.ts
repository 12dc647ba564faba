import { countCharacters, oneOf, type Rule } from '../http/input/rules.js';

export const REVIEW_STATES = ['approved', 'rejected', 'needs_attention'] as const;
/** What a person decided about a visit. */
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Selects the visits without a review. */
export const NO_REVIEW = 'none';
export const REVIEW_FILTERS = [...REVIEW_STATES, NO_REVIEW] as const;
export type ReviewFilter = (typeof REVIEW_FILTERS)[number];

export const MAX_NOTE_CHARACTERS = 2_000;

export const reviewState = oneOf(REVIEW_STATES);

/** Control characters other than those that lay out a text. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

export const reviewNote: Rule = (value) => {
  if (typeof value !== 'string' || countCharacters(value, MAX_NOTE_CHARACTERS) > MAX_NOTE_CHARACTERS)
    return `must be a string of at most ${MAX_NOTE_CHARACTERS} characters`;
  return value.isWellFormed() && !CONTROL.test(value)
    ? undefined
    : 'must hold no control characters except tabs and line breaks, and no lone surrogates';
};

/** A review to be saved. */
export interface NewReview {
  readonly state: ReviewState;
  readonly note?: string | null | undefined;
}

/** The review of a visit in the API. */
export interface ReviewView {
  readonly state: ReviewState;
  readonly note: string | null;
  /** The name of the API key, or what the host platform gave. */
  readonly by: string | null;
  readonly at: string;
  /** Whether the job was retried after the review. */
  readonly outdated: boolean;
}

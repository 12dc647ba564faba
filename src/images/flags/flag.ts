import type { FlagCode } from './flag-codes.js';

/** Another image that evidence names. */
export interface OtherImage {
  readonly image_id: string;
  readonly job_id: string;
  readonly store_id: string;
  readonly visit_time: string;
  readonly same_job: boolean;
}

/** Other images with the same file or picture: their number, and the first in order of submission. */
export interface OtherImages {
  readonly count: number;
  /** Whether there are more than `count`. */
  readonly at_least?: true;
  readonly images: readonly OtherImage[];
}

export interface OtherTime {
  readonly capture_time: string;
  readonly source: string | null;
  /** Capture time minus visit time. */
  readonly delay_seconds: number;
  readonly limit_seconds: number;
}

export interface Elsewhere {
  /** Before the error is subtracted. */
  readonly distance_meters: number;
  /** The error of the position that the photo states. */
  readonly error_meters: number | null;
  readonly limit_meters: number;
}

/** The evidence of each code. */
export interface FlagEvidence {
  readonly same_file: OtherImages;
  readonly same_picture: OtherImages;
  readonly repeated_in_visit: OtherImages;
  readonly common_image: { readonly stores: number; readonly at_least?: true };
  readonly other_time: OtherTime;
  readonly clock_implausible: { readonly capture_time: string };
  readonly elsewhere: Elsewhere;
  readonly not_a_camera_format: { readonly format: string };
  readonly too_small: { readonly side: number };
}

/** A finding about an image, with what it rests on. It is never a verdict. */
export type Flag = {
  readonly [Code in FlagCode]: { readonly code: Code; readonly evidence: FlagEvidence[Code] };
}[FlagCode];

/** Evidence that is stored with the image, because it depends on options and on the store at the moment of recording. */
export type StoredEvidence = Partial<Pick<FlagEvidence, 'other_time' | 'clock_implausible' | 'elsewhere'>>;

/** Removes the images of other jobs from the evidence, and leaves their number. For people who may read one job only. */
export function withoutOtherJobs(flags: readonly Flag[]): readonly Flag[] {
  return flags.map((flag) => {
    switch (flag.code) {
      case 'same_file':
        return { code: flag.code, evidence: ofSameJob(flag.evidence) };
      case 'same_picture':
        return { code: flag.code, evidence: ofSameJob(flag.evidence) };
      default:
        return flag;
    }
  });
}

function ofSameJob(evidence: OtherImages): OtherImages {
  return { ...evidence, images: evidence.images.filter(({ same_job }) => same_job) };
}

/** Characters that a flag, and an image that it names, take as JSON, about. */
const FLAG_CHARACTERS = 100;
const OTHER_CHARACTERS = 200;

/** The number of characters of flags as JSON, about. */
export function countFlagCharacters(flags: readonly Flag[]): number {
  let characters = 0;
  for (const { evidence } of flags)
    characters += FLAG_CHARACTERS + ('images' in evidence ? evidence.images.length * OTHER_CHARACTERS : 0);
  return characters;
}

/** The maximum number of visits of a job that is sent as one JSON document. */
export const MAX_VISITS_OF_DOCUMENT = 100_000;
/** The maximum number of visits of a streamed job. A setting limits its images. */
export const MAX_VISITS_OF_STREAM = 2 ** 31 - 1;

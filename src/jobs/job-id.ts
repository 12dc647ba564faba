import { randomBytes } from 'node:crypto';

/** The random part of the id of a job. It has 80 bits, so that jobs of the same second differ. */
export function randomPart(): string {
  return randomBytes(10).toString('hex');
}

/**
 * The id of a job, in SQL: `job_`, the UTC second of its submission, `_` and the random part.
 *
 * @param time a timestamptz
 * @param random the random part
 */
export function jobIdSql(time: string, random: string): string {
  return `'job_' || to_char(${time} AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') || '_' || ${random}`;
}

/**
 * A new number for a job, in SQL. Visits, images and tasks refer to a job by its number, so a number must never be reused. After a failover or a restored
 * backup, the sequence may continue from an earlier value. So the number is the value of the sequence followed by 24 random bits, which keeps the
 * numbers in order.
 */
export const NEW_JOB_NUMBER = `(nextval(pg_get_serial_sequence('shelfline.job', 'id')) << 24) + floor(random() * 16777216)::bigint`;

/** The id of a job in examples. */
export const EXAMPLE_JOB_ID = 'job_20241116100000_8f14e45fceea167a5a36';

/** The job in the path of a request, which a shared link to it may open. */
export const JOB_IN_PATH = (request: { readonly params: Readonly<Record<string, unknown>> }): unknown =>
  request.params['job_id'];

/** OpenAPI description of the id of a job in a path. */
export const JOB_ID = {
  job_id: { description: 'The `job_id` from the response to the submission.', example: EXAMPLE_JOB_ID },
};

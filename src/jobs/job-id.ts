import { randomBytes } from 'node:crypto';

/** The random part of a job's id: 80 bits, so that two jobs of one second differ. */
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
 * A new number for a job, in SQL. Rows of visits and images, tasks of the queue and ids of images name a job by its number,
 * so none is ever given twice: not even where a failover or a restored backup lost the job that had it, and the sequence
 * goes on from an earlier value. So 24 random bits follow the sequence's value, which keeps the numbers in their order.
 */
export const NEW_JOB_NUMBER = `(nextval(pg_get_serial_sequence('shelfline.job', 'id')) << 24) + floor(random() * 16777216)::bigint`;

/** Whether a text can be the id of a job at all. */
export function isJobId(value: string): boolean {
  return /^job_\d{14}_[0-9a-f]{20}$/.test(value);
}

/** The id of a job in examples. */
export const EXAMPLE_JOB_ID = 'job_20241116100000_8f14e45fceea167a5a36';

/** OpenAPI description of the id of a job in a path. */
export const JOB_ID = {
  job_id: { description: 'The `job_id` that the submission answered.', example: EXAMPLE_JOB_ID },
};

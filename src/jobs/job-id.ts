import { randomBytes } from 'node:crypto';

/** `job_`, the UTC second of submission, and 80 random bits: two jobs of one second differ. */
export function newJobId(submittedAt: Date): string {
  const second = submittedAt.toISOString().slice(0, 19).replace(/[-:T]/g, '');
  return `job_${second}_${randomBytes(10).toString('hex')}`;
}

/** Whether a text can be the id of a job at all. */
export function isJobId(value: string): boolean {
  return /^job_\d{14}_[0-9a-f]{20}$/.test(value);
}

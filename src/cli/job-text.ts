import { styleText } from 'node:util';
import type { JobView } from '../jobs/job-view.js';
import { progressLine } from './progress.js';
import { counted, printable } from './text.js';

/** Maximum number of errors that are shown of a job. */
const ERRORS = 20;

const COLOURS = { ongoing: 'cyan', completed: 'green', failed: 'red', cancelled: 'yellow' } as const;

/** Formats a job with its state and errors for people. */
export function jobText(job: JobView, stream: NodeJS.WritableStream): string {
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ['visits', String(job.count)],
    ['images', progressLine(job.images)],
    ['reference', job.reference],
    ['created', job.created_at],
    ['finished', job.finished_at],
  ];
  const shown = job.error.slice(0, ERRORS);
  const more = job.error_count - shown.length;
  return [
    `${job.job_id} ${styleText(COLOURS[job.status], job.status, { stream })}`,
    ...rows.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(10)}${printable(value)}`])),
    ...(job.error_count === 0 ? [] : [`  ${counted(job.error_count, 'error')}:`]),
    ...shown.map(({ store_id, error }) => `    ${printable(store_id)}  ${printable(error)}`),
    ...(more > 0 ? [`    … and ${more} more: shelfline results ${job.job_id} --status failed`] : []),
  ].join('\n');
}

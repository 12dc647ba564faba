import type { ImageResultView } from '../images/results/result-fields.js';
import type { JobView } from '../jobs/job-view.js';
import type { ImportResult } from '../stores/store-importer.js';

/** Whether an answer has the fields that the command line shows. Answers of other servers do not. */
export type Shape<T> = (body: unknown) => body is T;

/** The answer to a submission. */
export interface Submitted {
  readonly job_id: string;
}

/** A page of the results of a job. */
export interface ResultsPage {
  readonly items: readonly ImageResultView[];
  readonly next_cursor: string | null;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isTextOrNull: Check = (value) => value === null || isText(value);
const isNumberOrNull: Check = (value) => value === null || isNumber(value);

export const isSubmitted = shape<Submitted>({ job_id: isText });

/** The answer to a dry run without faults. */
export interface DryRunView {
  readonly visits: number;
  readonly images: number;
  readonly columns: readonly { readonly header: string; readonly field: string }[];
  readonly unknown_stores: readonly { readonly store_id: string; readonly visits: number }[];
}

export const isDryRun = shape<DryRunView>({
  visits: isNumber,
  images: isNumber,
  columns: isListOf(shape({ header: isText, field: isText })),
  unknown_stores: isListOf(shape({ store_id: isText, visits: isNumber })),
});

export const isImageCounts = shape<JobView['images']>({
  total: isNumber,
  pending: isNumber,
  succeeded: isNumber,
  failed: isNumber,
  skipped: isNumber,
});

export const isJob = shape<JobView>({
  job_id: isText,
  reference: isTextOrNull,
  status: (value) => ['ongoing', 'completed', 'failed', 'cancelled'].some((status) => status === value),
  count: isNumber,
  images: isImageCounts,
  created_at: isText,
  finished_at: isTextOrNull,
  error: isListOf(shape({ store_id: isText, error: isText })),
  error_count: isNumber,
});

export const isResultsPage = shape<ResultsPage>({
  items: isListOf(
    shape({
      store_id: isText,
      image_url: isText,
      status: isText,
      width: isNumberOrNull,
      height: isNumberOrNull,
      perimeter: isNumberOrNull,
      format: isTextOrNull,
      error: isTextOrNull,
    }),
  ),
  next_cursor: isTextOrNull,
});

export const isImportResult = shape<ImportResult>({
  received: isNumber,
  inserted: isNumber,
  updated: isNumber,
  unchanged: isNumber,
  rejected_count: isNumber,
  rejected: isListOf(shape({ line: isNumber, error: isText })),
});

function shape<T>(fields: { readonly [Name in keyof T]?: Check }): Shape<T> {
  const checks = Object.entries<Check | undefined>(fields);
  return (body): body is T =>
    typeof body === 'object' &&
    body !== null &&
    checks.every(([name, isRight]) => isRight?.(Object.getOwnPropertyDescriptor(body, name)?.value));
}

function isListOf(isRight: Check): Check {
  return (value) => Array.isArray(value) && value.every((entry) => isRight(entry));
}

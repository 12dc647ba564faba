import type { Fault } from '../../http/errors/api-error.js';
import type { Metadata } from '../metadata.rule.js';
import type { NewVisit } from './new-visit.js';

/** The fields of a job without its visits. */
export interface SubmissionHeader {
  readonly reference: string | null;
  readonly metadata: Metadata | null;
  /** The IANA zone of times without an offset. */
  readonly timeZone: string | null;
  /** The submitter, if known. It is not part of the body, and is not compared with an earlier submission. */
  readonly submittedBy?: string | null;
  /** The URL that receives a webhook when the job ends. */
  readonly callbackUrl: string | null;
  /** The number of visits that the client stated, if any. */
  readonly count: number | undefined;
  /** The number of visits in the body, if it is known before they are read. */
  readonly knownLength: number | undefined;
  /** Whether the visits are in memory already. If so, their rows are written in one transaction. */
  readonly isInMemory: boolean;
  /** The path of faults that concern all visits. */
  readonly visitsPath: string;
  readonly faults: readonly Fault[];
}

/** A part of a submission: checked visits in order of submission, and the faults of the other visits. */
export interface VisitChunk {
  readonly visits: readonly NewVisit[];
  readonly faults: readonly Fault[];
  /** The fault of a body that ends without a visit. The default is a fault of the whole body. */
  readonly ifEmpty?: Fault;
}

/** A column of a file, and the field that it becomes: a field of a visit, or `metadata`. */
export interface ColumnOfFile {
  readonly header: string;
  readonly field: string;
}

export function countImages(visits: readonly NewVisit[]): number {
  return visits.reduce((sum, visit) => sum + visit.imageUrls.length, 0);
}

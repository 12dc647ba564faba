/** The number of a job and the place of a visit in it. */
export interface VisitPlace {
  /** A `bigint`. */
  readonly job: string;
  readonly seq: number;
}

const MAX_SEQ = 2 ** 31 - 1;

/** Whether a text has the format of a job id. */
export function isJobId(value: string): boolean {
  return /^job_\d{14}_[0-9a-f]{20}$/.test(value);
}

export function toImageId(job: string, seq: number): string {
  return `img_${job}_${seq}`;
}

export function toVisitId(job: string, seq: number): string {
  return `visit_${job}_${seq}`;
}

/** Returns undefined for a text that is not the id of a visit. */
export function parseVisitId(id: string): VisitPlace | undefined {
  const [, job, digits] = /^visit_(\d{1,18})_(\d{1,10})$/.exec(id) ?? [];
  if (job === undefined) return undefined;
  const seq = Number(digits);
  return toVisitId(job, seq) === id && seq <= MAX_SEQ ? { job, seq } : undefined;
}

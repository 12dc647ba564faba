import { defined, of } from './call.js';
import { ShelflineError } from './errors.js';
import { followJob, type JobEvent, type JobEventsOptions } from './job-events.js';
import { Listing } from './listing.js';
import { type Query, type RequestBody, toData, toJson, type Transport } from './transport.js';
import type {
  CallOptions,
  DryRun,
  DryRunFault,
  ImageResult,
  ImagesQuery,
  Job,
  JobsQuery,
  NewJob,
  SubmissionQuery,
  SubmittedJob,
} from './types.js';

/** A body of visits that is no JSON document. */
export interface VisitsFile {
  readonly type: 'text/csv' | 'application/x-ndjson';
  readonly content: RequestBody;
  /** The charset of a CSV that is not UTF-8. */
  readonly charset?: string;
}

export interface SubmitOptions extends CallOptions {
  /** A key of your own for this submission. Repeating it returns the first job instead of a second one. */
  readonly idempotencyKey?: string | undefined;
}

/** The answer to a check: what would be submitted, or what is wrong. */
export type Checked =
  | DryRun
  | {
      readonly valid: false;
      /** One sentence. */
      readonly error: string;
      /** The number of all faults. */
      readonly fault_count: number;
      /** The first 1,000 faults. */
      readonly faults: readonly DryRunFault[];
    };

export type ExportFormat = 'csv' | 'ndjson';
const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
};

/** Jobs and their images. */
export class Jobs {
  constructor(private readonly transport: Transport) {}

  /** The jobs that match, newest first. */
  list(query: JobsQuery = {}, { signal }: CallOptions = {}): Listing<Job> {
    return new Listing((cursor) =>
      toData(
        this.transport.http.GET('/api/jobs', {
          params: { query: defined({ ...query, cursor }) },
          ...of(signal),
        }),
      ),
    );
  }

  async get(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return toData(this.transport.http.GET('/api/jobs/{job_id}', { ...path(jobId), ...of(signal) }));
  }

  /** Submits a job. Once this resolves, the job survives any crash of the server. */
  async submit(job: NewJob, options: SubmitOptions = {}): Promise<SubmittedJob> {
    return toJson<SubmittedJob>(
      await this.transport.send({
        method: 'POST',
        path: '/api/jobs',
        headers: { 'content-type': 'application/json', 'idempotency-key': options.idempotencyKey },
        body: JSON.stringify(job),
        signal: options.signal,
      }),
    );
  }

  /** Submits a file of visits. The fields of the job are parameters then. */
  async submitFile(
    file: VisitsFile,
    query: SubmissionQuery = {},
    options: SubmitOptions = {},
  ): Promise<SubmittedJob> {
    return toJson<SubmittedJob>(await this.postFile(file, query, options));
  }

  /** Checks a file of visits completely. Nothing is kept. */
  async checkFile(
    file: VisitsFile,
    query: SubmissionQuery = {},
    options: CallOptions = {},
  ): Promise<Checked> {
    try {
      return await toJson<DryRun>(await this.postFile(file, { ...query, dry_run: true }, options));
    } catch (error) {
      const refused = error instanceof ShelflineError ? toRefused(error) : undefined;
      if (refused === undefined) throw error;
      return refused;
    }
  }

  /** Pending images become skipped; finished ones keep their results. */
  async cancel(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return toData(this.transport.http.POST('/api/jobs/{job_id}/cancel', { ...path(jobId), ...of(signal) }));
  }

  /** Failed and skipped images start over. */
  async retry(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return toData(this.transport.http.POST('/api/jobs/{job_id}/retry', { ...path(jobId), ...of(signal) }));
  }

  /** Sends the last webhook of the job again. */
  async sendCallback(jobId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.http.POST('/api/jobs/{job_id}/callback', { ...path(jobId), ...of(signal) });
  }

  /** Deletes the job with its visits and images. */
  async delete(jobId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.http.DELETE('/api/jobs/{job_id}', { ...path(jobId), ...of(signal) });
  }

  /** The progress of a job to its end, across broken connections. */
  events(jobId: string, options: JobEventsOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    return followJob(this.transport, jobId, options);
  }

  /** The images of a job that match, in the order of submission. */
  images(jobId: string, query: ImagesQuery = {}, { signal }: CallOptions = {}): Listing<ImageResult> {
    return new Listing((cursor) =>
      toData(
        this.transport.http.GET('/api/jobs/{job_id}/images', {
          params: { path: { job_id: jobId }, query: defined({ ...query, cursor }) },
          headers: { accept: 'application/json' },
          ...of(signal),
        }),
      ),
    );
  }

  /** All matching images as a file, streamed. */
  async exportImages(
    jobId: string,
    format: ExportFormat,
    query: ImagesQuery = {},
    { signal }: CallOptions = {},
  ): Promise<Response> {
    return this.transport.send({
      path: `/api/jobs/${encodeURIComponent(jobId)}/images`,
      query,
      headers: { accept: EXPORT_TYPES[format] },
      signal,
    });
  }

  private async postFile(
    { type, content, charset }: VisitsFile,
    query: Query,
    { idempotencyKey, signal }: SubmitOptions,
  ): Promise<Response> {
    return this.transport.send({
      method: 'POST',
      path: '/api/jobs',
      query,
      headers: {
        'content-type': charset === undefined ? type : `${type}; charset=${charset}`,
        'idempotency-key': idempotencyKey,
      },
      body: content,
      signal,
    });
  }
}

function toRefused({ message, body }: ShelflineError): Checked | undefined {
  if (typeof body !== 'object' || body === null || !('faults' in body) || !Array.isArray(body.faults))
    return undefined;
  const faults: readonly DryRunFault[] = body.faults;
  const count =
    'fault_count' in body && typeof body.fault_count === 'number' ? body.fault_count : faults.length;
  return { valid: false, error: message, fault_count: count, faults };
}

function path(jobId: string): { params: { path: { job_id: string } } } {
  return { params: { path: { job_id: jobId } } };
}

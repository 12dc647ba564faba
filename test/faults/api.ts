import type { Submission } from './submissions.ts';

/** What came of a request: an answer, or none (a broken connection, or none in time), which may mean anything. */
export type Answer = { readonly status: number; readonly body: string } | undefined;

const WITHIN_MS = 15_000;

/** What the API offers, out of its OpenAPI document: some calls are younger than this test. */
export interface Offered {
  readonly cancel: boolean;
  readonly retry: boolean;
  readonly delete: boolean;
  readonly idempotencyKey: boolean;
}

/** The API of the fleet, over HTTP. */
export class Api {
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Submits a job as one document, or as lines that stream in. */
  async submit(
    { reference, visits, callback_url }: Submission,
    streamed: boolean,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    if (!streamed) {
      const document = JSON.stringify({ count: visits.length, reference, visits, callback_url });
      return this.call('POST', '/api/jobs', document, { ...headers, 'content-type': 'application/json' });
    }
    const lines = visits.map((visit) => `${JSON.stringify(visit)}\n`).join('');
    const callback = callback_url === undefined ? '' : `&callback_url=${encodeURIComponent(callback_url)}`;
    const path = `/api/jobs?count=${visits.length}&reference=${reference}${callback}`;
    return this.call('POST', path, lines, { ...headers, 'content-type': 'application/x-ndjson' });
  }

  async call(
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    try {
      const answer = await fetch(`${this.origin}${path}`, {
        method,
        signal: AbortSignal.timeout(WITHIN_MS),
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return undefined;
    }
  }

  /** Undefined while the API does not answer. */
  async offered(): Promise<Offered | undefined> {
    const answer = await this.call('GET', '/openapi.json');
    if (answer?.status !== 200) return undefined;
    const { paths } = JSON.parse(answer.body) as { paths: Record<string, Record<string, unknown>> };
    const job = paths['/api/jobs/{job_id}'] ?? {};
    return {
      cancel: '/api/jobs/{job_id}/cancel' in paths,
      retry: '/api/jobs/{job_id}/retry' in paths,
      delete: 'delete' in job,
      idempotencyKey: JSON.stringify(paths['/api/jobs']?.['post'] ?? {})
        .toLowerCase()
        .includes('"idempotency-key"'),
    };
  }
}

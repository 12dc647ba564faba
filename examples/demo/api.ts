/** What the demo reads of a job. */
export interface Job {
  readonly job_id: string;
  readonly status: 'ongoing' | 'completed' | 'failed' | 'cancelled';
  readonly images: { total: number; pending: number; succeeded: number; failed: number; skipped: number };
  readonly error: readonly { store_id: string; error: string }[];
}

/** What the demo reads of an image. */
export interface ImageResult {
  readonly store_id: string;
  readonly image_url: string;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'skipped';
  readonly width: number | null;
  readonly height: number | null;
  readonly perimeter: number | null;
  readonly format: string | null;
  readonly error: string | null;
  readonly error_code: string | null;
}

/** Submits a job; its id. */
export async function submitJob(origin: string, visits: readonly object[]): Promise<string> {
  const job: { job_id: string } = await answerOf(
    await fetch(`${origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: visits.length, visits, reference: 'demo' }),
    }),
  );
  return job.job_id;
}

export async function getJob(origin: string, jobId: string): Promise<Job> {
  return answerOf(await fetch(`${origin}/api/jobs/${jobId}`));
}

export async function getImages(origin: string, jobId: string): Promise<readonly ImageResult[]> {
  const page: { items: ImageResult[] } = await answerOf(await fetch(`${origin}/api/jobs/${jobId}/images`));
  return page.items;
}

async function answerOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

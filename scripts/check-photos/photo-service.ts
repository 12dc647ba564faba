import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ShelflineProcess } from '../../examples/demo/shelfline-process.ts';
import type { ImageResultView } from '../../src/images/results/result-fields.js';
import type { JobView } from '../../src/jobs/job-view.js';

/** The store of all visits. It is made for the check, and removed after it. */
const STORE_ID = 'CHECK-PHOTOS';
const POLL_MS = 100;
/** No visit takes more. */
const MAX_URLS_PER_VISIT = 1_000;

/** A Shelfline in a process of its own, spoken to over its API as any client would. */
export class PhotoService {
  private readonly shelfline: ShelflineProcess;
  private readonly folder: string;

  private constructor(shelfline: ShelflineProcess, folder: string) {
    this.shelfline = shelfline;
    this.folder = folder;
  }

  /** @param databaseUrl undefined for an embedded PostgreSQL */
  static async start(databaseUrl: string | undefined): Promise<PhotoService> {
    const folder = await mkdtemp(join(tmpdir(), 'shelfline-photos-'));
    const shelfline = await ShelflineProcess.start(join(folder, 'data'), {
      LOG_LEVEL: 'warn',
      IMAGE_RETRY_BASE_MS: '100',
      // exiftool says no zone either: what has no offset is compared as UTC.
      IMAGE_EXIF_TIME_ZONE: 'UTC',
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    });
    const service = new PhotoService(shelfline, folder);
    try {
      await shelfline.ready();
      await service.call('PUT', `/api/stores/${STORE_ID}`, { store_name: 'Photo check', area_code: 'CHECK' });
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  /** Runs a job of these images to its end, and removes it. @returns the results in the order of the URLs */
  async measure(urls: readonly string[], stopping: AbortSignal): Promise<ImageResultView[]> {
    const jobId = await this.submit(urls);
    for (;;) {
      stopping.throwIfAborted();
      const job: JobView = JSON.parse(await this.call('GET', `/api/jobs/${jobId}`));
      if (job.status !== 'ongoing') break;
      await pause(POLL_MS);
    }
    const results: ImageResultView[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: { items: ImageResultView[]; next_cursor: string | null } = JSON.parse(
        await this.call('GET', `/api/jobs/${jobId}/images?${query}`),
      );
      results.push(...page.items);
      cursor = page.next_cursor;
    }
    await this.call('DELETE', `/api/jobs/${jobId}`);
    return results;
  }

  async stop(): Promise<void> {
    await this.call('DELETE', `/api/stores/${STORE_ID}`).catch(() => undefined);
    await this.shelfline.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async submit(urls: readonly string[]): Promise<string> {
    const visit_time = new Date().toISOString();
    const visits = [];
    for (let at = 0; at < urls.length; at += MAX_URLS_PER_VISIT)
      visits.push({ store_id: STORE_ID, image_url: urls.slice(at, at + MAX_URLS_PER_VISIT), visit_time });
    const created: { job_id: string } = JSON.parse(
      await this.call('POST', '/api/jobs', { count: visits.length, reference: 'check:photos', visits }),
    );
    return created.job_id;
  }

  private async call(method: string, path: string, body?: object): Promise<string> {
    const answer = await fetch(`${this.shelfline.origin}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text.slice(0, 500)}`);
    return text;
  }
}
